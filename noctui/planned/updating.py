"""The notices of one work → what is known of it: updates replace its windows, whatever order the messages come in.

Notices are in order by the carrier's sequence where both have one, else by the time they were written, else by when
they arrived. One that is older than what is known changes nothing, and is said to be out of sequence. Pure: what was
known at K is the fold of what had arrived by K.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import structs

from noctui.model.notices import Maintenance, Status

OLDER = "older than what is known already"
_HOLDS = (Status.CONFIRMED, Status.RE_SCHEDULED, Status.IN_PROCESS, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Told:
    """One notice of a work: when it arrived (`known_at`, UTC epoch seconds), and the key of its message."""

    maintenance: Maintenance
    known_at: int
    notice: str


@dataclass(frozen=True, slots=True)
class Version:
    """What was known of a work after a notice. `change` is new, changed, same, or out_of_sequence (which left all as it
    was). `said` tells the changes in words; `late` is a cancellation or a new date that came when the old window had
    begun.
    """

    maintenance: Maintenance
    known_at: int
    notice: str
    change: str
    said: tuple[str, ...] = ()
    late: bool = False


def folded(told: Iterable[Told]) -> dict[tuple[str, str], tuple[Version, ...]]:
    """Versions of each work by its key, in the order they became known. A message that came twice counts once."""
    found: dict[tuple[str, str], list[Version]] = {}
    seen: set[tuple[str, tuple[str, str]]] = set()
    for one in sorted(told, key=lambda t: (t.known_at, _order(t.maintenance), t.notice)):
        key = one.maintenance.key
        if (one.notice, key) in seen:
            continue
        seen.add((one.notice, key))
        versions = found.setdefault(key, [])
        versions.append(after(versions[-1].maintenance if versions else None, one))
    return {key: tuple(versions) for key, versions in found.items()}


def _order(one: Maintenance) -> tuple[int, int]:
    return (-1 if one.sequence is None else one.sequence, 0 if one.stamp is None else one.stamp)


def after(known: Maintenance | None, told: Told) -> Version:
    """What is known once this notice has come."""
    new = told.maintenance
    if known is None:
        if new.status is Status.NO_CHANGE:
            new = structs.replace(new, status=Status.CONFIRMED)
        return Version(new, told.known_at, told.notice, "new")
    if _older(new, known):
        return Version(known, told.known_at, told.notice, "out_of_sequence", (OLDER,))
    kept = structs.replace(
        new,
        status=known.status if new.status is Status.NO_CHANGE else new.status,
        windows=new.windows or (() if new.status is Status.RE_SCHEDULED else known.windows),
        circuits=new.circuits or known.circuits,
        sequence=known.sequence if new.sequence is None else new.sequence,
        stamp=known.stamp if new.stamp is None else new.stamp,
        supersedes=tuple(dict.fromkeys((*known.supersedes, *new.supersedes))),
        account=new.account or known.account,
        location=new.location or known.location,
        summary=new.summary or known.summary,
    )
    said = changes(known, kept)
    began = any(w.start <= told.known_at for w in known.windows)
    gone = kept.status is Status.CANCELLED or (kept.status is Status.RE_SCHEDULED and kept.windows != known.windows)
    late = gone and began and known.status in _HOLDS
    return Version(kept, told.known_at, told.notice, "changed" if said else "same", said, late)


def _older(new: Maintenance, known: Maintenance) -> bool:
    if new.sequence is not None and known.sequence is not None and new.sequence != known.sequence:
        return new.sequence < known.sequence
    return new.stamp is not None and known.stamp is not None and new.stamp < known.stamp


def changes(old: Maintenance, new: Maintenance) -> tuple[str, ...]:
    """What is other than before, in words."""
    said = [] if old.status is new.status else [f"{old.status} → {new.status}"]
    if old.windows != new.windows:
        gone, came = len(set(old.windows) - set(new.windows)), len(set(new.windows) - set(old.windows))
        said.append(f"windows: {came} new, {gone} gone")
    before, now = ({c.circuit for c in m.circuits} for m in (old, new))
    said += [f"circuits added: {', '.join(sorted(now - before))}"] if now - before else []
    said += [f"circuits removed: {', '.join(sorted(before - now))}"] if before - now else []
    if before == now and set(old.circuits) != set(new.circuits):
        said.append("impact")
    return tuple(said)


def known_at(versions: Iterable[Version], at: int) -> Version | None:
    """The version that held at an instant; None when nothing was known yet."""
    return next((v for v in reversed(tuple(versions)) if v.known_at <= at), None)


def holds(one: Maintenance) -> bool:
    """Whether its windows are to be reckoned with: announced for sure, going on, or done; not cancelled, not
    tentative."""
    return one.status in _HOLDS


def superseded(works: Iterable[Maintenance]) -> dict[tuple[str, str], str]:
    """Key of a work → the id of the one that stands in for it."""
    found: dict[tuple[str, str], str] = {}
    for one in works:
        for old in one.supersedes:
            found[(one.provider, "".join(old.split()).casefold())] = one.maintenance_id
    return found
