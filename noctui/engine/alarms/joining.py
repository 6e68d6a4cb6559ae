"""De-duplication: what Mist tells of a matter that an alarm of ours tells already joins it, instead of a second row."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from noctui.engine.alarms.case import NOCTUI, Case, freed, with_note
from noctui.engine.alarms.cases import Cases
from noctui.engine.alarms.mist_conditions import MistLog, Telling, matters_of, mist_condition, mist_key, moment
from noctui.engine.prose import span
from noctui.model.alarms import MIST, Ack, Alarm
from noctui.model.cloud import MistAlarm
from noctui.model.inventory import Inventory

SAME = 300.0
"""Seconds after our alarm cleared in which Mist's of the same matter, still open, is no matter of its own."""


class Joining:
    """Takes Mist's tellings in. `_rows` are Mist's alarms that stand for themselves, by the matters they may be of."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._log = MistLog()
        self._rows: dict[str, dict[str, None]] = {}
        self._matters: dict[str, tuple[str, ...]] = {}  # of each row
        self.turned: list[Alarm] = []  # whose ack changed in Mist

    def recall(self, alarm: Alarm) -> None:
        """One of before a restart, open or cleared."""
        if alarm.merged_into and alarm.source == MIST:
            self._log.join(alarm.key, alarm.merged_into, alarm.known_at)
        elif alarm.source == MIST and alarm.open:
            self._list(alarm.key, matters_of(alarm.type, alarm.circuit_ids, alarm.gateway_ids))
        elif alarm.source != MIST and alarm.mist_id:
            self._log.join(f"mist/{alarm.mist_id}", alarm.alarm_id, alarm.known_at)

    def take(self, told: Iterable[MistAlarm], inventory: Inventory, at: float) -> None:
        """What Mist told anew; and what our own judgement tells now of what Mist told before."""
        self.turned = []
        for alarm in told:
            self._take(alarm, inventory, at)
        for ours in self._cases.fresh if self._rows else ():
            for key in tuple(self._rows.get(ours, ())):
                self._merge(key, self._cases.by_key[ours], at)
        if self._log.prune(at):
            self._forget(at)

    def _forget(self, at: float) -> None:
        """Those that Mist has not seen for long, and never will say are over."""
        cases, longest = self._cases, self._cases.rules.mist_forgotten
        for key, case in [*cases.by_key.items()]:
            if case.alarm.source == MIST and at - self._log.seen(key, case.alarm.known_at) >= longest:
                cases.draft(case, with_note(case.alarm, NOCTUI, at, f"not seen by Mist for {span(longest)}: over"))
                self._unlist(key)
                cases.close(key, case, at, at)

    def _take(self, alarm: MistAlarm, inventory: Inventory, at: float) -> None:
        telling = self._log.take(alarm, at)
        if telling is None:
            return
        cases, key = self._cases, mist_key(alarm)
        if telling.resolved is not None:
            self._unlist(key)
            cases.put(key, None, at, telling.resolved)
            return
        condition = mist_condition(alarm, inventory, at)
        matters = matters_of(condition.type, condition.circuit_ids, condition.gateway_ids)
        if telling.joined:
            if telling.joined in cases.key_of:
                return
            over = cases.past.get(telling.joined)
            if over is not None and moment(alarm.last_seen, 0.0, at) <= (over.cleared or 0.0) + SAME:
                return
            telling.joined = ""
        for matter in matters:
            ours = cases.by_key.get(matter)
            if ours is not None and ours.condition is not None:
                self._join(key, alarm.alarm_id, ours, at)
                if key in cases.by_key:
                    self._merge(key, ours, at)
                return
        if condition.severity > cases.rules.least or at - telling.seen >= cases.rules.mist_forgotten:
            cases.put(key, None, at)
            return
        self._list(key, matters)
        cases.put(key, condition, at)
        self._acked(alarm, telling, cases.by_key[key], at)

    def _acked(self, alarm: MistAlarm, telling: Telling, case: Case, at: float) -> None:
        """Acknowledged in Mist, or no longer: so it is here, for the longest time there is since then."""
        who = (alarm.acked_by or "somebody in Mist") if alarm.acked else None
        if who == telling.acked:
            return
        before, telling.acked = telling.acked, who
        ack = case.alarm.ack
        since = moment(alarm.acked_at, at, at)
        until = since + self._cases.rules.longest_ack
        if who is not None and ack is None and until > at:
            taken = Ack(
                who=who, at=since, until=until, why=alarm.note or "acknowledged in Mist",
                severity=case.alarm.severity, cause=case.alarm.cause,
            )  # fmt: skip
            self._cases.draft(case, structs.replace(freed(case.alarm), ack=taken, owner=who))
        elif who is None and ack is not None and ack.who == before:
            self._cases.draft(case, freed(case.alarm))
        self.turned.append(case.alarm)

    def _join(self, key: str, mist_id: str, ours: Case, at: float) -> None:
        self._log.join(key, ours.alarm.alarm_id, at)
        alarm = structs.replace(ours.alarm, mist_id=ours.alarm.mist_id or mist_id, count=ours.alarm.count + 1)
        self._cases.draft(ours, alarm)

    def _merge(self, key: str, ours: Case, at: float) -> None:
        """A row of Mist's becomes part of ours."""
        self._unlist(key)
        case = self._cases.by_key.get(key)
        if case is None:
            return
        if self._log.joined(key) != ours.alarm.alarm_id:
            self._join(key, case.alarm.mist_id, ours, at)
        self._cases.close(key, case, max(case.alarm.opened, at), at, ours.alarm.alarm_id)

    def _list(self, key: str, matters: tuple[str, ...]) -> None:
        if self._matters.get(key) != matters:
            self._unlist(key)
            self._matters[key] = matters
        for matter in matters:
            self._rows.setdefault(matter, {})[key] = None

    def _unlist(self, key: str) -> None:
        for matter in self._matters.pop(key, ()):
            del self._rows[matter][key]
            if not self._rows[matter]:
                del self._rows[matter]
