"""Planned work of the sample night, the mails it came in, outages and promises: fixed to the last digit.

Zayo works since 03:05 and, from 05:00 on, together with Starlink takes every circuit of 1811 Canton and 3874 Waco. What
is told at an instant is what had been read by then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from noctui.model.notices import (
    Affected,
    Fault,
    Impact,
    Maintenance,
    Notice,
    Outcome,
    Source,
    Status,
    Window,
)
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.model.works import Conflict, Mail, MailRead, Matched, Outage, Work, Works
from tests.night_world import HOT, LOST, inventory, utc, view

DAY = 86_400
ZAYO = ("Zayo", "CHG-20881")
_BOTH = ("s1811:ge-0/0/0", "s1811:ge-0/0/1"), ("s3874:ge-0/0/0", "s3874:ge-0/0/1")
_TOGETHER = ("Zayo CHG-20881", "Starlink SL-118204")


def at(hour: int, minute: int = 0, day: int = 23) -> int:
    """That minute of November 2026 as whole epoch seconds."""
    return int(utc(hour, minute, day=day))


def _of(carrier: str) -> tuple[str, ...]:
    return tuple(c.circuit_id for c in inventory().circuits if c.carrier == carrier)


def _conflict(circuits: tuple[str, str]) -> Conflict:
    site = circuits[0].partition(":")[0]
    return Conflict(kind="site", name=site, start=at(5), end=at(6), circuits=circuits, works=_TOGETHER)


CONFLICTS = tuple(_conflict(both) for both in _BOTH)


def _work(
    provider: str, number: str, status: Status, windows: tuple[tuple[int, int], ...], circuits: tuple[str, ...],
    known: int, **more: Any,
) -> Work:  # fmt: skip
    inv = inventory()
    impact, seconds = more.pop("impact", Impact.OUTAGE), more.pop("seconds", None)
    ids = [inv.circuits[inv.circuit_row[c]].carrier_circuit_id or c for c in circuits]
    said = (*ids, *more.pop("unknown", ()))
    given = tuple(Affected(circuit=i, impact=impact, seconds=seconds) for i in said)
    matched = tuple(
        Matched(said=i, circuit_ids=(c,) if c else (), how="exact" if c else "unknown", impact=impact, seconds=seconds)
        for i, c in zip(said, (*circuits, *[""] * len(said)), strict=False)
    )
    summary, location = more.pop("summary", ""), more.pop("location", "")
    sources = (
        Source("maintenance_id", "text", 3, f"Reference: {number}"), Source("status", "text", 4, f"Status: {status}"),
        Source("start", "text", 5, "Start: 2026-11-23 03:05 UTC"),
        Source("end", "text", 6, "End: 2026-11-23 06:00 UTC"),
        Source("circuits", "text", 9, f"Circuit ID: {said[0] if said else ''}"),
    )  # fmt: skip
    told = Maintenance(
        provider=provider, maintenance_id=number, status=status, circuits=given, summary=summary, location=location,
        windows=tuple(Window(start=s, end=e) for s, e in windows), zone="UTC", sources=sources, stamp=known - 40,
        review=more.pop("review", ()),
    )  # fmt: skip
    made: dict[str, Any] = {
        "maintenance": told, "version": 1, "announced_at": known - 40, "known_at": known, "first_known_at": known,
        "notice": f"<{number}.{known}@{provider.lower()}>", "matched": matched,
    }  # fmt: skip
    return Work(**(made | more))


@lru_cache(maxsize=1)
def versions() -> tuple[Work, ...]:
    """Every version of every work, as it was read."""
    zayo = ("s1774:ge-0/0/0", "s1811:ge-0/0/1", "s3874:ge-0/0/1", "s4648:ge-0/0/0")
    outage: dict[str, Any] = {"summary": "splice, Topeka", "location": "Topeka KS", "seconds": 2700}
    first = _work(*ZAYO, Status.TENTATIVE, ((at(4), at(7)),), zayo[:3], at(16, 20, 9), **outage)
    return (
        first,
        _work(*ZAYO, Status.CONFIRMED, ((at(3, 5), at(6)),), zayo, at(9, 12, 16), version=2, conflicts=CONFLICTS,
              first_known_at=at(16, 20, 9), said=("begins at 03:05, not 04:00", "4 circuits, not 3"), **outage),
        _work("Starlink", "SL-118204", Status.CONFIRMED, ((at(5), at(7)),), ("s1811:ge-0/0/0", "s3874:ge-0/0/0"),
              at(21, 2, 22), summary="router upgrade", conflicts=CONFLICTS, emergency=True),
        _work("Lumen", "29840117", Status.CONFIRMED, ((at(6), at(10)),), _of("Lumen")[:4], at(8, 0, 12),
              summary="fibre move"),
        _work("Comcast", "CM-7744", Status.CONFIRMED, ((at(6, 0, 24), at(10, 0, 24)),), (HOT,), at(14, 31, 17),
              summary="node split"),
        _work("Spectrum", "MNT-55120", Status.TENTATIVE, ((at(8), at(9)), (at(8, 0, 24), at(9, 0, 24))),
              _of("Spectrum"), at(7, 45, 20), summary="software"),
        _work("Verizon", "VZ-90233", Status.CANCELLED, ((at(7), at(9)),), _of("Verizon")[:3], at(20, 11, 22),
              summary="card swap"),
        _work("Cox", "77120", Status.RE_SCHEDULED, ((at(7, 0, 24), at(11, 0, 24)),), _of("Cox")[:2], at(18, 40, 21),
              version=2, first_known_at=at(9, 0, 10), said=("moved from Nov 22 07:00",),
              summary="[bold]not markup[/] \x1b[31mpower"),
        _work("Starlink", "notice-11", Status.CONFIRMED, ((at(12), at(12, 30)),), _of("Starlink"), at(3, 0, 22),
              summary="software", impact=Impact.NO_IMPACT),
        _work("Frontier", "FR-4471", Status.COMPLETED, ((at(0), at(2, 12)),), ("s1774:ge-0/0/1", "s4537:ge-0/0/0"),
              at(2, 20), first_known_at=at(10, 0, 11), version=3, summary="pole move"),
        _work("Zayo", "CHG-20902", Status.CONFIRMED, ((at(1, 0, 24), at(4, 0, 24)),), (), at(1, 15),
              unknown=("IQOR/004417//ZYO",), summary="grooming", review=("no circuit of ours",)),
    )  # fmt: skip


def works_at(when: float) -> Works:
    """The newest version of each that had been read by then, of windows that end less than a day before."""
    newest = {w.maintenance.key: w for w in versions() if w.known_at <= when}
    kept = [w for w in newest.values() if max(x.end for x in w.maintenance.windows) > when - DAY]
    return Works(at=when, works=tuple(sorted(kept, key=lambda w: w.maintenance.windows[0].start)))


def works_in(when: float, range_: Range, site_id: str, circuit_id: str, provider: str) -> tuple[Work, ...]:
    newest = {w.maintenance.key: w for w in versions() if w.known_at <= when}
    return tuple(
        w
        for w in sorted(newest.values(), key=lambda w: w.maintenance.windows[0].start)
        if any(x.start < range_.end and x.end > range_.start for x in w.maintenance.windows)
        and (not site_id or any(c.partition(":")[0] == site_id for c in w.circuit_ids))
        and (not circuit_id or circuit_id in w.circuit_ids)
        and provider in ("", w.maintenance.provider)
    )


def life_of(when: float, provider: str, number: str) -> tuple[Work, ...]:
    key = provider, "".join(number.split()).casefold()
    return tuple(w for w in versions() if w.maintenance.key == key and w.known_at <= when)


def _mail(key: str, read: int, outcome: Outcome, **more: Any) -> Mail:
    made: dict[str, Any] = {"mailbox": "carriers", "place": f"new/{key.strip('<>')}.eml", "sent_at": read - 40,
                            "tried_at": read, "tried": 1}  # fmt: skip
    return Mail(key=key, read_at=read, outcome=outcome, **(made | more))


@lru_cache(maxsize=1)
def mails() -> tuple[Mail, ...]:
    """Newest first."""
    parsed = [
        _mail(w.notice, w.known_at, Outcome.PARSED, sender=f"noc@{w.maintenance.provider.lower()}.example",
              subject=f"{w.maintenance.provider} maintenance {w.maintenance.maintenance_id}",
              provider=w.maintenance.provider, works=(w.maintenance.key,))
        for w in versions()
    ]  # fmt: skip
    waiting = [
        _mail("<c1@cogent>", at(0, 41), Outcome.FAILED, sender="support@cogent.example", provider="Cogent",
              subject="Cogent planned work 44-1", why='text line 5: no end time: "Start: 23 Nov 05:00"', tried=2),
        _mail("<u1@regional>", at(19, 20, 22), Outcome.UNKNOWN_PROVIDER, sender="noc@regional-fibre.example",
              subject="[red]Works[/] \x1b]0;owned\x07 in your area",
              why="nobody knows who noc@regional-fibre.example is"),
        _mail("<l9@lumen>", at(11, 5, 22), Outcome.UNKNOWN_CIRCUIT, sender="noc@lumen.example", provider="Lumen",
              subject="Lumen 29851177", why="no circuit of ours: BBKX-99812", works=(("Lumen", "29851177"),)),
    ]  # fmt: skip
    return tuple(sorted([*parsed, *waiting], key=lambda m: -m.read_at))


_TEXT = (
    "Dear customer,", "", "Reference: {number}", "Status: {status}", "Start: 2026-11-23 03:05 UTC",
    "End: 2026-11-23 06:00 UTC", "", "[bold]not markup[/]", "Circuit ID: {circuit}", "", "Regards, \x1b[31mNOC",
)  # fmt: skip


def mail_of(when: float, key: str) -> MailRead | None:
    mail = next((m for m in mails() if m.key == key and m.read_at <= when), None)
    if mail is None:
        return None
    work = next((w for w in versions() if w.notice == key), None)
    number = work.maintenance.maintenance_id if work else "44-1"
    words = {"number": number, "status": work.maintenance.status if work else "planned",
             "circuit": work.matched[0].said if work and work.matched else "IC-12"}  # fmt: skip
    lines = [line.format(**words) for line in _TEXT]
    if mail.outcome is Outcome.FAILED:
        lines[4:6] = ["Start: 23 Nov 05:00", "Expected: two hours"]
    faults: tuple[Fault, ...] = ()
    if mail.outcome is Outcome.FAILED:
        faults = (Fault("no end time", "text", 5, "Start: 23 Nov 05:00"),)
    elif mail.waits:
        faults = (Fault(mail.why),)
    notice = Notice(
        key=key, outcome=mail.outcome, sender=mail.sender, subject=mail.subject, date=mail.sent_at,
        provider=mail.provider, reader="labelled", maintenances=(work.maintenance,) if work else (), faults=faults,
    )  # fmt: skip
    return MailRead(mail=mail, notice=notice, parts={"subject": (mail.subject,), "text": tuple(lines)})


@lru_cache(maxsize=1)
def _outages() -> tuple[Outage, ...]:
    found = [
        Outage(circuit_id=HOT, began=at(21, 54, 22), ended=at(22, 6, 22)),
        Outage(circuit_id=HOT, began=at(9, 6, 22), ended=at(10, 24, 22), works=("Comcast CM-7731",)),
        Outage(circuit_id="s1774:ge-0/0/1", began=at(0, 31), ended=at(1, 33), works=("Frontier FR-4471",)),
        Outage(circuit_id="s1774:ge-0/0/0", began=at(3, 6), ended=None, works=("Zayo CHG-20881",)),
        Outage(circuit_id="s1000:ge-0/0/0", began=at(2, 30), ended=at(2, 30) + 20, confirmed=False),
    ]
    now = view()
    for i, circuit in enumerate(inventory().circuits):
        if now.circuits.state[i] == State.DOWN:
            began = int(max(now.circuits.since[i], LOST if circuit.carrier == "Lumen" else 0))
            found.append(Outage(circuit_id=circuit.circuit_id, began=began, ended=None))
    return tuple(sorted(found, key=lambda o: (-o.began, o.circuit_id)))


def outages_in(when: float, range_: Range, limit: int, site_id: str, circuit_id: str) -> tuple[Outage, ...]:
    found = [
        msgspec.structs.replace(o, ended=None) if o.ended is not None and o.ended > when else o
        for o in _outages()
        if o.began <= min(when, range_.end)
        and (o.ended is None or o.ended > range_.start)
        and (not site_id or o.circuit_id.partition(":")[0] == site_id)
        and circuit_id in ("", o.circuit_id)
    ]
    return tuple(found[:limit])
