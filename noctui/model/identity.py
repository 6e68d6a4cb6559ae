"""Which circuit is which: what a source calls a port, against the circuits that are known.

A source names what it sees now and remembers nothing. Here a circuit is known by where it stands: whoever stands at the
gateway and port of a known circuit is that circuit, whatever the source calls it. A newcomer carries a circuit on whose
own place is gone; rulings of a person count more. The rest are new, under an id that nothing ever had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from noctui.model.batch import Discovery, Found
from noctui.model.inventory import Attachment, Circuit, Inventory

Place = tuple[str, str, str]
"""(site id, gateway id, port id)."""
Names = dict[str, str]
"""A source's circuit id → ours, where they differ; "" for one of which nothing may be concluded yet."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word: what stands at this place is circuit `becomes` from now on; `before`, which it was, ends.

    `attachments` are those of `before`, all ended at `at` (UTC epoch seconds of the poll it was ruled upon).
    """

    ruling_id: str
    at: float
    site_id: str
    gateway_id: str
    port_id: str
    before: str
    becomes: str
    who: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def place(self) -> Place:
        return self.site_id, self.gateway_id, self.port_id


class Rulings:
    """All of them, oldest first."""

    def __init__(self, rulings: Iterable[Ruling] = ()) -> None:
        self.all = tuple(rulings)
        self.ids = frozenset(i for r in self.all for i in (r.before, r.becomes))
        self._at: dict[Place, list[Ruling]] = {}
        self._ended: dict[str, Ruling] = {}
        for ruling in self.all:
            self._at.setdefault(ruling.place, []).append(ruling)
            self._ended[ruling.before] = ruling
            self._ended.pop(ruling.becomes, None)

    def at(self, place: Place, circuit_id: str) -> str:
        """What the circuit of this place is by now. A chain of rulings leads to its last link from any of its own."""
        for ruling in self._at.get(place, ()):
            if ruling.before == circuit_id:
                circuit_id = ruling.becomes
        return circuit_id

    def after(self, place: Place, circuit_id: str) -> str:
        """Who has this id's place now: itself, unless it was ended and somebody else than its own gateway asks."""
        seen: set[str] = set()
        while (ruling := self._ended.get(circuit_id)) is not None and circuit_id not in seen:
            if place != ruling.place and place[1:] in {(a.gateway_id, a.port_id) for a in ruling.attachments}:
                break  # its own gateway of before is back
            seen.add(circuit_id)
            circuit_id = ruling.becomes
        return circuit_id

    def now(self, place: Place, circuit_id: str) -> str:
        """What a newcomer at this place is, whom the source calls `circuit_id`."""
        for _ in range(len(self.all) + 1):
            then, circuit_id = circuit_id, self.after(place, self.at(place, circuit_id))
            if circuit_id == then:
                break
        return circuit_id

    def attachments(self) -> dict[str, tuple[Attachment, ...]]:
        """What is known of circuits that were ended and may come back."""
        return {r.before: r.attachments for r in self.all}


def place_of(found: Found) -> Place:
    return found.site_id, found.gateway_id, found.port_id


def place_of_circuit(circuit: Circuit) -> Place | None:
    last = circuit.attachment
    return (circuit.site_id, last.gateway_id, last.port_id) if last is not None else None


def mint(base: str, free: Callable[[str], bool]) -> str:
    """The first of `base@2`, `base@3` … that nothing ever had."""
    n = 2
    while not free(f"{base}@{n}"):
        n += 1
    return f"{base}@{n}"


def identify(
    previous: Inventory | None,
    seen: Discovery,
    rulings: Rulings,
    hints: Callable[[], Mapping[Place, str]] = dict,
    used: Callable[[str], bool] = lambda circuit_id: False,
    remembered: frozenset[str] = frozenset(),
) -> Names:
    """Who is who in `seen`; {} when the source's names are right, which is nearly always.

    `hints` gives the carrier's circuit id of places by the inventory file, and is asked only when there are newcomers.
    `used` knows every id that any circuit ever had. `remembered` are source's ids without a row in this sweep: a
    gateway that was replaced is listed for minutes after the new one speaks, and must not pass for a second line.
    """
    return _Identifying(previous, seen, rulings, used, remembered).names(hints)


class _Identifying:
    """One look at one discovery."""

    def __init__(
        self,
        previous: Inventory | None,
        seen: Discovery,
        rulings: Rulings,
        used: Callable[[str], bool],
        remembered: frozenset[str],
    ) -> None:
        self._seen, self._rulings, self._used = seen, rulings, used
        self._present = [f for f in seen.circuits if f.circuit_id not in remembered]
        self._remembered = [f for f in seen.circuits if f.circuit_id in remembered]
        self._known = {c.circuit_id: c for c in previous.circuits} if previous else {}
        self._held = {place: c.circuit_id for c in self._known.values() if (place := place_of_circuit(c)) is not None}
        self._places = {place_of(f) for f in self._present}
        self._stands = {(g.site_id, g.gateway_id) for g in seen.gateways}
        self._given: dict[str, Found] = {}  # our id → who has it

    def names(self, hints: Callable[[], Mapping[Place, str]]) -> Names:
        new = self._those_that_stand(self._present)
        if new:
            new = self._carry_on(new, hints())
        left_out = [*self._those_remembered(), *self._newcomers(new)]
        names = {f.circuit_id: ours for ours, f in self._given.items() if f.circuit_id != ours}
        return names | {f.circuit_id: "" for f in left_out}

    def _those_remembered(self) -> list[Found]:
        """Those without a row stand where they stood, unless somebody has carried their circuit on. Gives those that
        are left out: no circuit begins without a row."""
        stay = [f for f in self._remembered if self._held.get(place_of(f)) not in self._given]
        left_out = [f for f in self._remembered if self._held.get(place_of(f)) in self._given]
        self._places |= {place_of(f) for f in stay}
        return left_out + self._those_that_stand(stay)

    def _those_that_stand(self, founds: Sequence[Found]) -> list[Found]:
        """Give each known place its circuit, or what it was ruled to be; the newcomers."""
        held = self._held
        new: list[Found] = []
        ruled: list[tuple[Found, str, str]] = []
        for found in founds:
            place = place_of(found)
            mine = held.get(place)
            if mine is None:
                new.append(found)
            elif (now := self._rulings.at(place, mine)) != mine:
                ruled.append((found, mine, now))
            else:
                self._given[mine] = found
        for found, mine, now in ruled:
            there = self._known.get(now)
            free = now not in self._given and (there is None or self._gone(there))
            self._given[now if free else mine] = found
        return new

    def _gone(self, circuit: Circuit) -> bool:
        """Its place is not there any more: not merely on a page that was lost."""
        place = place_of_circuit(circuit)
        return place is None or (
            place not in self._places and (self._seen.whole or (place[0], place[1]) not in self._stands)
        )

    def _carry_on(self, new: list[Found], carrier_ids: Mapping[Place, str]) -> list[Found]:
        """Newcomers that carry a circuit on whose place is gone, the surest sign first; those that remain."""
        # whoever was ruled away has ended, although his place is still there: `_gone` says no
        gone = [c for c in self._known.values() if c.circuit_id not in self._given and self._gone(c)]
        signs: tuple[tuple[Callable[[Found], str], Callable[[Circuit], str]], ...] = (
            (lambda f: carrier_ids.get(place_of(f), ""), lambda c: c.carrier_circuit_id),
            (lambda f: _joined(f.port_id, f.wan_name), lambda c: _joined(_port(c), c.wan_name)),
            (lambda f: f.wan_name.casefold(), lambda c: c.wan_name.casefold()),
            (lambda f: f.port_id, _port),
        )
        for of_new, of_gone in signs:
            if not new or not gone:
                break
            # a ruling may say of this very place that it is not that circuit
            pairs = [
                (f, c)
                for f, c in _pairs(new, gone, of_new, of_gone)
                if self._rulings.at(place_of(f), c.circuit_id) == c.circuit_id
            ]
            self._given.update({c.circuit_id: f for f, c in pairs})
            took = {id(f) for f, _ in pairs}
            new = [f for f in new if id(f) not in took]
            gone = [c for c in gone if c.circuit_id not in self._given]
        return new

    def _newcomers(self, new: list[Found]) -> list[Found]:
        """Give the rest ids of their own; those that must wait for a sweep that lost no page."""
        left_out: list[Found] = []
        without: list[Found] = []
        # a port whose row was lost with a page may be this one's, or not: the next whole sweep tells
        doubtful = set() if self._seen.whole else {(f.site_id, f.port_id) for f in self._remembered}
        for found in new:
            place = place_of(found)
            if (found.site_id, found.port_id) in doubtful:
                left_out.append(found)
                continue
            wanted = self._rulings.now(place, found.circuit_id)
            there = self._known.get(found.circuit_id)
            if there is not None and there.circuit_id not in self._given and not self._gone(there):
                if place_of_circuit(there) in self._places:
                    without.append(found)  # it was ruled away and ends now
                else:
                    left_out.append(found)
            elif wanted not in self._given and wanted not in self._known:
                self._given[wanted] = found
            else:
                without.append(found)
        for found in without:
            self._given[mint(f"{found.site_id}:{found.port_id}", self._never_had)] = found
        return left_out

    def _never_had(self, circuit_id: str) -> bool:
        return not (
            circuit_id in self._given
            or circuit_id in self._known
            or circuit_id in self._rulings.ids
            or self._used(circuit_id)
        )


def _port(circuit: Circuit) -> str:
    return circuit.attachments[-1].port_id if circuit.attachments else circuit.port_id


def _joined(port: str, wan_name: str) -> str:
    return f"{port}\n{wan_name.casefold()}" if wan_name else ""


def _pairs(
    new: Sequence[Found],
    gone: Sequence[Circuit],
    of_new: Callable[[Found], str],
    of_gone: Callable[[Circuit], str],
) -> list[tuple[Found, Circuit]]:
    """Those that a sign joins without doubt: one newcomer and one circuit of the site have it, or also one name."""
    news: dict[tuple[str, str], list[Found]] = {}
    for found in new:
        if sign := of_new(found):
            news.setdefault((found.site_id, sign), []).append(found)
    lost: dict[tuple[str, str], list[Circuit]] = {}
    for circuit in gone:
        if sign := of_gone(circuit):
            lost.setdefault((circuit.site_id, sign), []).append(circuit)
    pairs: list[tuple[Found, Circuit]] = []
    for key, founds in news.items():
        circuits = lost.get(key, [])
        if len(founds) == len(circuits) == 1:
            pairs.append((founds[0], circuits[0]))
        elif circuits:
            by_id = {c.circuit_id: c for c in circuits}
            pairs += [(f, by_id[f.circuit_id]) for f in founds if f.circuit_id in by_id]
    return pairs
