"""The alarms that are open, by key, and those that cleared of late: how one opens, changes, waits and closes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from msgspec import structs

from noctui.engine.alarms.acting import MOST_TEXT, Outcome, detail_of
from noctui.engine.alarms.case import Case, opened, rearmed, told, with_note
from noctui.engine.alarms.confirm import Waiting
from noctui.engine.alarms.dependency import Dependencies, parents_of
from noctui.engine.alarms.mist_conditions import TOLD_BY_US
from noctui.engine.alarms.rules import AT_ONCE, TWICE, AlarmRules, Patience
from noctui.model.alarms import ENGINE, MIST, Act, Alarm, Condition

PAST_KEPT = 172_800.0
"""Seconds that a cleared alarm is remembered: for notes, and for saying why an act came too late."""


class Cases:
    """Keeps what was before each judgement, so that a version is made only of what differs in the end.

    `hubs_of` gives the hubs that a circuit has tunnels to.
    """

    def __init__(self, rules: AlarmRules, hubs_of: Callable[[str], tuple[str, ...]]) -> None:
        self.rules, self._hubs_of = rules, hubs_of
        self.dependencies = Dependencies(rules.hold_down)
        self.confirm, self.clear = Waiting(), Waiting()
        self.worse, self.milder = Waiting(), Waiting()
        self.by_key: dict[str, Case] = {}
        self.key_of: dict[str, str] = {}  # alarm_id → key, of open ones
        self.of_circuit: dict[str, dict[str, None]] = {}  # keys of open ones
        self.past: dict[str, Alarm] = {}  # cleared, by alarm_id
        self.dirty: dict[str, None] = {}  # keys of those whose holds may have changed
        self.fresh: list[str] = []  # keys that opened in this judgement
        self.cleared_at = float("nan")
        self.rose: Mapping[str, float] = {}  # circuit → when it ceased to be lost, by this poll's edges
        self.poll = 0
        self._last: dict[str, Alarm] = {}  # the newest cleared one of a key
        self._before: dict[str, Alarm | None] = {}  # alarm_id → as it was before this judgement
        self._pruned_at = float("-inf")

    def begin(self) -> None:
        self._before, self.fresh = {}, []

    def finish(self, at: float) -> tuple[Alarm, ...]:
        """The versions that this judgement made, in the order the alarms opened."""
        changed: list[Alarm] = []
        for alarm_id, before in self._before.items():
            key = self.key_of.get(alarm_id)
            alarm = self.past[alarm_id] if key is None else self.by_key[key].alarm
            if alarm == before:
                continue
            known_at = at if before is None or before.known_at < at else before.known_at + 0.001
            alarm = structs.replace(alarm, known_at=known_at)
            if key is None:
                self.past[alarm_id] = self._last[alarm.key] = alarm
            else:
                self.by_key[key].alarm = alarm
            changed.append(alarm)
        self._before = {}
        self._prune(at)
        changed.sort(key=lambda a: (a.opened, a.alarm_id))
        return tuple(changed)

    def _prune(self, at: float) -> None:
        if at - self._pruned_at < 3600.0:
            return
        self._pruned_at = at
        self.past = {i: a for i, a in self.past.items() if at - (a.cleared or 0.0) < PAST_KEPT}
        self._last = {k: a for k, a in self._last.items() if at - (a.cleared or 0.0) < PAST_KEPT}

    def draft(self, case: Case, alarm: Alarm) -> None:
        """The alarm as it is from now on."""
        self._before.setdefault(alarm.alarm_id, case.alarm)
        case.alarm = alarm

    def put(self, key: str, condition: Condition | None, at: float, gone_at: float | None = None) -> None:
        """What is so now under this key; None: nothing any more, since `gone_at` if that is known better than `at`."""
        case = self.by_key.get(key)
        if condition is not None and not math.isfinite(condition.since):
            condition = structs.replace(condition, since=at)
        if condition is None:
            if case is not None and case.condition is not None:
                self._gone(key, case, at, gone_at)
        elif case is None:
            self._open(key, condition, at)
        else:
            self._stays(key, case, condition, at)

    def _stays(self, key: str, case: Case, condition: Condition, at: float) -> None:
        again = max(0, condition.count - case.condition.count) if case.condition is not None else 1
        if case.condition is None:  # it came back before it was over
            self.clear.stop(key)
            case.came = max(case.gone_at, min(condition.since, at))
        case.condition = condition
        self._show(key, case, self._wavered(key, case, condition, at), again, at)

    def settle(self, key: str, at: float) -> None:
        """It has been as bad, or as mild, as it is for long enough."""
        case = self.by_key[key]
        self.worse.stop(key)
        self.milder.stop(key)
        if case.condition is not None:
            self._show(key, case, case.condition, 0, at)

    def _wavered(self, key: str, case: Case, condition: Condition, at: float) -> Condition:
        """The condition as it is shown: another severity must last."""
        alarm, now = case.alarm, condition.severity
        if now >= alarm.severity:
            self.worse.stop(key)
        if now <= alarm.severity:
            self.milder.stop(key)
        if now == alarm.severity or condition.source != ENGINE or not case.confirmed:
            return condition
        if now < alarm.severity:
            wait, patience = self.worse, self.patience(condition)
        else:
            wait, patience = self.milder, self.rules.ease
        if patience.met(0.0, 1):
            return condition
        if key not in wait:
            wait.start(key, at, self.poll, patience)
        said, doubt = alarm.text.partition(", ")[0], condition.text.partition(", ")
        return structs.replace(condition, severity=alarm.severity, text="".join((said, *doubt[1:])))

    def _show(self, key: str, case: Case, condition: Condition, again: int, at: float) -> None:
        before = case.alarm
        if condition.circuit_ids != before.circuit_ids:
            self._unindex(before)
            self.draft(case, told(before, condition, again, at))
            self.index(case.alarm)
        else:
            self.draft(case, told(before, condition, again, at))
        if condition.severity < before.severity or (condition.cause and condition.cause != before.cause):
            case.got_worse = at
            self.draft(case, rearmed(case.alarm, at))
        self.dirty[key] = None

    def _open(self, key: str, condition: Condition, at: float) -> None:
        began, alarm_id = self._named(key, min(condition.since, at), at)
        patience = self.patience(condition)
        confirmed = patience.met(at - condition.since, 1)
        alarm = opened(condition, alarm_id, began, at, confirmed)
        case = Case(alarm, condition, began, confirmed, parents=parents_of(condition, self._hubs_of), got_worse=at)
        if not confirmed:
            self.confirm.start(key, condition.since, self.poll, patience)
        self.add(case)
        self._before[alarm_id] = None
        self.fresh.append(key)
        self.dirty[key] = None
        for child in self.dependencies.opened(key):
            self.dirty[child] = None

    def _named(self, key: str, since: float, at: float) -> tuple[float, str]:
        """When an episode began, not before the end of the one before, and its name, which no other one has."""
        last = self._last.get(key)
        if last is not None and last.cleared is not None and last.cleared > since:
            since = min(last.cleared, at)
        alarm_id = f"{key}@{int(since)}"
        while alarm_id in self.past:  # within the same second
            since = float(int(since) + 1)
            alarm_id = f"{key}@{int(since)}"
        return since, alarm_id

    def _gone(self, key: str, case: Case, at: float, gone_at: float | None) -> None:
        alarm = case.alarm
        if gone_at is None:
            known = alarm.type in ("down", "away", "no_data") and len(alarm.circuit_ids) == 1
            gone_at = self.rose.get(alarm.circuit_ids[0], at) if known else at
        case.gone_at = max(alarm.opened, min(gone_at, at))
        case.condition = None
        self.clear.start(key, case.gone_at, self.poll, self.rules.clears(alarm.type) if case.confirmed else AT_ONCE)
        for wait in (self.confirm, self.worse, self.milder):
            wait.stop(key)

    def add(self, case: Case) -> None:
        """An alarm that is open from now on."""
        self.by_key[case.alarm.key] = case
        self.index(case.alarm)
        self.dependencies.add(case.alarm.key, case.parents)

    def new(self, case: Case) -> None:
        """One that was not there before this judgement."""
        self._before[case.alarm.alarm_id] = None
        self.add(case)

    def close(self, key: str, case: Case, cleared: float, at: float, merged_into: str = "") -> None:
        """It is over since `cleared`."""
        self.draft(case, structs.replace(case.alarm, cleared=cleared, merged_into=merged_into))
        del self.by_key[key]
        del self.key_of[case.alarm.alarm_id]
        self._unindex(case.alarm)
        self.dependencies.remove(key, case.parents)
        self.confirm.stop(key)
        self.clear.stop(key)
        self.worse.stop(key)
        self.milder.stop(key)
        self.dirty.pop(key, None)
        for child in self.dependencies.cleared(key, case.alarm.alarm_id, at):
            self.dirty[child] = None
        self.remember(case.alarm)

    def note_on_past(self, act: Act, alarm: Alarm, at: float) -> Outcome:
        """A note on one that cleared of late: what is learned afterwards belongs to it."""
        self._before.setdefault(alarm.alarm_id, alarm)
        noted = with_note(alarm, act.who, at, act.why.strip()[:MOST_TEXT])
        self.past[alarm.alarm_id] = noted
        return Outcome(noted, detail=detail_of(act))

    def remember(self, alarm: Alarm) -> None:
        """One that is cleared."""
        cleared = alarm.cleared or 0.0
        self.past[alarm.alarm_id] = alarm
        known = self._last.get(alarm.key)
        if known is None or (known.cleared or 0.0) <= cleared:
            self._last[alarm.key] = alarm
        if not self.cleared_at >= cleared:
            self.cleared_at = cleared

    def index(self, alarm: Alarm) -> None:
        self.key_of[alarm.alarm_id] = alarm.key
        for circuit in alarm.circuit_ids:
            self.of_circuit.setdefault(circuit, {})[alarm.key] = None

    def _unindex(self, alarm: Alarm) -> None:
        for circuit in alarm.circuit_ids:
            those = self.of_circuit.get(circuit)
            if those is not None:
                those.pop(alarm.key, None)
                if not those:
                    del self.of_circuit[circuit]

    def patience(self, condition: Condition) -> Patience:
        """How long it must last before it counts."""
        if condition.source == MIST and condition.type in TOLD_BY_US:
            return TWICE  # our own judgement may tell the same at the next poll
        return self.rules.confirms(condition.type)

    def open_id(self, key: str) -> str:
        """The alarm_id of what is open under this key, "" nothing."""
        case = self.by_key.get(key)
        return "" if case is None else case.alarm.alarm_id
