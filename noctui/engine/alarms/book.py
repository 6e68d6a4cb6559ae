"""The alarm book: the open alarms, judged anew at each poll and at what people do. Pure: no I/O, no clock of its own.

The order of judgement: what tells the same is joined; then what keeps an alarm quiet, the first that does: not
confirmed yet, damped, hanging on another one, maintenance, an incident, a snooze. Only what differs from the poll
before is looked at. The same input gives the same versions.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from noctui.engine.alarms.acting import Outcome, audit_of, detail_of, done_to, fault_of, not_open
from noctui.engine.alarms.case import Case, condition_of, expired, rearmed
from noctui.engine.alarms.cases import Cases
from noctui.engine.alarms.conditions import ConditionCache, conditions_of
from noctui.engine.alarms.damping import Damper
from noctui.engine.alarms.dependency import parents_of
from noctui.engine.alarms.incidents import Incidents
from noctui.engine.alarms.joining import Joining
from noctui.engine.alarms.linking import Correlator
from noctui.engine.alarms.overrun import Overrun
from noctui.engine.alarms.rules import AlarmRules
from noctui.engine.alarms.telling import GROWS, of_act, of_incident
from noctui.model.alarms import (
    ENGINE,
    INCIDENT,
    MIST,
    NO_ALARMS,
    PLANNED,
    SELF,
    Act,
    Alarm,
    Alarms,
    AuditEntry,
    Condition,
    held_counts,
)  # fmt: skip
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Edge, Note
from noctui.model.view import View
from noctui.model.words import State
from noctui.model.works import Over

ACTS_KEPT = 10_000
"""Ids of acts that are remembered: each counts once."""
_DAMPED_TYPES = ("down", "dark", "failover")


@dataclass(frozen=True, slots=True)
class Judged:
    """What one poll brought: new versions of alarms, in the order they opened, and what is worth telling."""

    changed: tuple[Alarm, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Acted:
    """What acts brought: new versions, one audit line per act and alarm, and what is worth telling."""

    changed: tuple[Alarm, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    notes: tuple[Note, ...] = ()


class AlarmBook:
    """The life of alarms. Not to be used from two threads at once."""

    def __init__(self, rules: AlarmRules | None = None, incidents: Correlator | None = None) -> None:
        self._rules = rules or AlarmRules()
        self._incidents = incidents or Incidents(self._rules.together_least, self._rules.together)
        self._cache = ConditionCache()
        self._damper = Damper(self._rules.damping)
        self._cases = Cases(self._rules, self._hubs_of)
        self._joining = Joining(self._cases)
        self._at = float("-inf")
        self._cold: list[str] = []  # keys of before a restart: what they hang on is not known yet
        self._overrun = Overrun()
        self._own: dict[str, Condition] = {}
        self._ends: dict[str, float] = {}  # alarm_id → when its ack or snooze ends
        self._holds: Mapping[str, str] = {}
        self._damped: dict[str, float] = {}
        self._parent_of: Mapping[str, str] = {}
        self._highest = 0  # number that an incident ever had
        self._told_size: dict[str, int] = {}  # incident → members when it was last told
        self._acts: dict[str, None] = {}
        self._notes: list[Note] = []
        self._alarms: Alarms | None = NO_ALARMS
        self._open: tuple[Alarm, ...] = ()

    @property
    def alarms(self) -> Alarms:
        """The open ones, incidents among them; the same object while nothing changes."""
        if self._alarms is None:
            found = sorted(self._in_hand(), key=lambda a: (a.opened, a.alarm_id))
            self._alarms = Alarms(tuple(found), held_counts(found), self._cases.cleared_at)
        return self._alarms

    def warm(
        self, alarms: Sequence[Alarm], edges: Sequence[Edge] = (), at: float = float("-inf"), highest: int = 0
    ) -> None:
        """Go on from the newest version of each alarm that is open or cleared of late, and the ledger's late edges.

        `highest` is the highest number an incident ever had. Raises ValueError when this book has judged already.
        """
        cases = self._cases
        if cases.poll or cases.by_key:
            raise ValueError("only a new alarm book can be warmed")
        self._at = at
        self._damper.take(edges)
        conditions: list[Condition] = []
        newest = {a.alarm_id: a for a in sorted(alarms, key=lambda a: a.known_at)}
        for alarm in sorted(newest.values(), key=lambda a: (a.opened, a.alarm_id)):
            self._joining.recall(alarm)
            if not alarm.open:
                cases.remember(alarm)
                continue
            condition = None if alarm.type == INCIDENT else condition_of(alarm)
            case = Case(alarm, condition, alarm.opened, confirmed=alarm.held_by != "confirm")
            cases.add(case)
            self._dated(alarm)
            if condition is None:
                self._told_size[alarm.key] = alarm.members
                continue
            self._cold.append(alarm.key)
            if not case.confirmed:
                cases.confirm.start(alarm.key, alarm.opened, 1, cases.patience(condition))
            if alarm.source == ENGINE:
                conditions.append(condition)
            elif alarm.source in (SELF, PLANNED):
                self._own[alarm.key] = condition
        incidents = {i for i, key in cases.key_of.items() if cases.by_key[key].alarm.type == INCIDENT}
        for case in cases.by_key.values():
            case.incident = case.alarm.parent if case.alarm.parent in incidents else ""
        self._parent_of = {c.alarm.alarm_id: c.incident for c in cases.by_key.values() if c.incident}
        self._cache.prime(conditions)
        self._highest = max((highest, *(a.number for a in newest.values())))
        self._incidents.warm(tuple(newest.values()), highest)
        self._alarms = None

    def use(self, rules: AlarmRules) -> None:
        """Other rules from now on; what is open, damped or waits stays as it is until the next poll judges it anew."""
        self._rules = self._cases.rules = rules
        self._damper.rules = rules.damping
        self._cases.dependencies.hold_down = rules.hold_down
        self._incidents = Incidents(rules.together_least, rules.together)
        self._incidents.warm((*self._cases.past.values(), *self._in_hand()), self._highest)
        self._cache.prime(tuple(self._cache.now.values()))

    def judge(
        self,
        view: View,
        edges: Sequence[Edge] = (),
        mist: Sequence[MistAlarm] = (),
        own: Sequence[Condition] = (),
        holds: Mapping[str, str] | None = None,
        at: float | None = None,
        over: Mapping[str, Over] | None = None,
    ) -> Judged:
        """One poll. `edges` are those the ledger learned with it, `mist` what Mist told anew, `own` all that noctui's
        watch over itself, and over planned work, finds now; `holds` the maintenance of each circuit that is in one,
        `over` those whose window ended of late; `at` is the View's."""
        at = self._begin(view.at if at is None else at)
        cases = self._cases
        cases.poll += 1
        cases.rose = {e.circuit_id: e.event_time for e in edges if e.until is None and e.state is not State.DOWN}
        self._damper.take(edges)
        self._damper.settle(at)
        found = conditions_of(view, self._rules, self._cache, self._damper)
        self._thaw()
        ended = self._overrun.follow(over or {})
        for key in found.changed:
            self._put(key, found.now.get(key), at)
        for circuit in ended:
            for key in [k for k in cases.of_circuit.get(circuit, ()) if k in found.now]:
                self._put(key, found.now[key], at)
        self._take_own(own, at, (SELF, PLANNED))
        self._joining.take(mist, view.inventory, at)
        for alarm in self._joining.turned:
            self._dated(alarm)
        self._wait(at)
        self._expire(at)
        self._look_again(holds or {}, at)
        self._hold(at)
        self._correlate(view, at)
        self._hold(at)
        return Judged(self._finish(at), tuple(self._notes))

    def watch_itself(self, own: Sequence[Condition], at: float) -> Judged:
        """Between polls, or while there are none: what noctui's watch over itself finds, and what ends by time."""
        at = self._begin(at)
        self._take_own(own, at, (SELF,))
        self._clear(at, (SELF,))
        self._expire(at)
        self._hold(at)
        return Judged(self._finish(at), tuple(self._notes))

    def act(self, acts: Iterable[Act], at: float) -> Acted:
        """What people did, in this order. Each act counts once, by its id."""
        at = self._begin(at)
        audit: list[AuditEntry] = []
        for act in acts:
            if act.act_id and act.act_id in self._acts:
                continue
            self._acts[act.act_id] = None
            audit.extend(self._do(act, at))
        while len(self._acts) > ACTS_KEPT:
            del self._acts[next(iter(self._acts))]
        self._hold(at)
        return Acted(self._finish(at), tuple(audit), tuple(self._notes))

    # -- the steps of a judgement

    def _begin(self, at: float) -> float:
        """Time never runs back in here."""
        self._at = max(self._at, at)
        self._notes = []
        self._cases.begin()
        return self._at

    def _finish(self, at: float) -> tuple[Alarm, ...]:
        changed = self._cases.finish(at)
        if changed:
            self._alarms = None
        return changed

    def _in_hand(self) -> list[Alarm]:
        return [case.alarm for case in self._cases.by_key.values()]

    def _hubs_of(self, circuit_id: str) -> tuple[str, ...]:
        return () if self._cache.belong is None else self._cache.belong.hubs_of.get(circuit_id, ())

    def _thaw(self) -> None:
        """What alarms of before a restart hang on, once the inventory is known."""
        for key in self._cold:
            case = self._cases.by_key[key]
            if case.condition is not None:
                case.parents = parents_of(case.condition, self._hubs_of)
                self._cases.dependencies.add(key, case.parents)
        self._cold = []

    def _put(self, key: str, condition: Condition | None, at: float) -> None:
        self._cases.put(key, None if condition is None else self._overrun.told(condition), at)

    def _take_own(self, own: Sequence[Condition], at: float, sources: Container[str]) -> None:
        """All that our watch finds now; what another source than these found stays."""
        now = {key: c for key, c in self._own.items() if c.source not in sources}
        now.update((c.key, c) for c in own)
        for key, condition in now.items():
            if self._own.get(key) != condition:
                self._cases.put(key, condition, at)
        for key in self._own:
            if key not in now:
                self._cases.put(key, None, at)
        self._own = now

    def _wait(self, at: float) -> None:
        cases = self._cases
        for key in cases.confirm.due(at, cases.poll):
            cases.confirm.stop(key)
            cases.by_key[key].confirmed = True
            cases.dirty[key] = None
        for key in (*cases.worse.due(at, cases.poll), *cases.milder.due(at, cases.poll)):
            cases.settle(key, at)
        self._clear(at, (ENGINE, MIST, PLANNED, SELF))

    def _clear(self, at: float, sources: Container[str]) -> None:
        cases = self._cases
        for key in cases.clear.due(at, cases.poll):
            case = cases.by_key[key]
            if case.alarm.source not in sources:
                continue
            if self._is_damped(case) and not self._lasted(case, case.gone_at):
                continue  # it is expected to fall again: one episode
            cases.close(key, case, case.gone_at, at)
            self._ends.pop(case.alarm.alarm_id, None)

    def _expire(self, at: float) -> None:
        for alarm_id in [i for i, until in self._ends.items() if until <= at]:
            del self._ends[alarm_id]
            key = self._cases.key_of.get(alarm_id)
            if key is not None:
                case = self._cases.by_key[key]
                self._cases.draft(case, expired(case.alarm, at))
                self._cases.dirty[key] = None
                if case.alarm.type == INCIDENT:
                    self._tell(case.alarm, "armed", at)

    def _dated(self, alarm: Alarm) -> None:
        kept = alarm.ack or alarm.snooze
        if kept is None:
            self._ends.pop(alarm.alarm_id, None)
        else:
            self._ends[alarm.alarm_id] = kept.until

    def _look_again(self, holds: Mapping[str, str], at: float) -> None:
        """Whose holds may have changed without a change of their own."""
        cases = self._cases
        for child in cases.dependencies.let_go(at):
            cases.dirty[child] = None
        circuits = {**self._damped, **self._damper.damped}
        self._damped = dict(self._damper.damped)
        if holds != self._holds:
            before, self._holds = self._holds, dict(holds)
            circuits.update((c, 0.0) for c in {**before, **holds} if before.get(c) != holds.get(c))
        for circuit in circuits:
            for key in cases.of_circuit.get(circuit, ()):
                cases.dirty[key] = None

    def _is_damped(self, case: Case) -> bool:
        """Of a dark site the circuit counts that fell last: when that is a sound one, the site is no news of a flap."""
        damper, ids = self._damper, case.alarm.circuit_ids
        if not damper.damped or not ids or case.alarm.type not in _DAMPED_TYPES:
            return False
        return max(ids, key=lambda c: damper.fell_at(c) or float("-inf")) in damper.damped

    def _lasted(self, case: Case, at: float) -> bool:
        """It has been so for long enough to be told through the damping."""
        return at - case.came > self._rules.damping.breaks_through

    def _hold(self, at: float) -> None:
        """What keeps each of the dirty ones quiet now."""
        cases = self._cases
        dirty, cases.dirty = cases.dirty, {}
        for key in dirty:
            case = cases.by_key.get(key)
            if case is None:
                continue
            held_by, parent = self._holder(case, at)
            if held_by != case.alarm.held_by or parent != case.alarm.parent:
                cases.draft(case, structs.replace(case.alarm, held_by=held_by, parent=parent))

    def _holder(self, case: Case, at: float) -> tuple[str, str]:
        """(held_by, parent). What an incident takes is its own, whatever else it hangs on."""
        alarm = case.alarm
        parent = case.incident or self._cases.dependencies.parent(case.parents, self._cases.open_id)
        if not case.confirmed:
            return "confirm", parent
        if self._is_damped(case) and not (case.condition is not None and self._lasted(case, at)):
            return "damping", parent
        if parent and not case.incident:
            return "parent", parent
        if (
            self._holds
            and alarm.source != PLANNED
            and alarm.circuit_ids
            and all(c in self._holds for c in alarm.circuit_ids)
        ):
            return f"maintenance {self._holds[alarm.circuit_ids[0]]}".rstrip(), parent
        if case.incident:
            return "incident", parent
        return ("snooze" if alarm.snooze is not None else ""), parent

    # -- incidents

    def _correlate(self, view: View, at: float) -> None:
        cases = self._cases
        found = self._incidents.correlate(self._in_hand(), view, at)
        for alarm in found.incidents:
            self._highest = max(self._highest, alarm.number)
            self._incident(alarm, at)
        if found.parent == self._parent_of:
            return
        before, self._parent_of = self._parent_of, dict(found.parent)
        for alarm_id in {**before, **found.parent}:
            key = cases.key_of.get(alarm_id)
            if key is not None and before.get(alarm_id) != found.parent.get(alarm_id):
                cases.by_key[key].incident = found.parent.get(alarm_id, "")
                cases.dirty[key] = None

    def _incident(self, alarm: Alarm, at: float) -> None:
        """An incident as correlation has it, with what people did about it."""
        cases, key = self._cases, alarm.key
        case = cases.by_key.get(key)
        if case is None:
            if alarm.cleared is not None or alarm.alarm_id in cases.past:
                return
            case = Case(structs.replace(alarm, known_at=at, ack=None), None, alarm.opened, got_worse=at)
            cases.new(case)
            self._tell(case.alarm, "began", at)
            return
        before = case.alarm
        ours = structs.replace(
            alarm, known_at=before.known_at, held_by=before.held_by, owner=before.owner, ack=before.ack,
            snooze=before.snooze, notes=before.notes, worst=min(before.worst, alarm.severity), count=before.count,
        )  # fmt: skip
        if ours == before:
            return
        cases.dirty[key] = None
        if alarm.cleared is not None:
            cases.draft(case, structs.replace(ours, cleared=None))
            cases.close(key, case, alarm.cleared, at, alarm.merged_into)
            self._ends.pop(alarm.alarm_id, None)
            self._told_size.pop(key, None)
            self._notes.append(of_incident(case.alarm, "merged" if alarm.merged_into else "ended", at))
            return
        cases.draft(case, ours)
        if ours.severity < before.severity or (ours.cause and ours.cause != before.cause):
            case.got_worse = at
            cases.draft(case, rearmed(ours, at))
            if case.alarm.ack is None and ours.ack is not None:
                self._tell(case.alarm, "armed", at)
        if ours.members >= GROWS * self._told_size.get(key, 1):
            self._tell(case.alarm, "grew", at)

    def _tell(self, alarm: Alarm, what: str, at: float) -> None:
        self._told_size[alarm.key] = max(1, alarm.members)
        self._notes.append(of_incident(alarm, what, at))

    # -- people

    def _do(self, act: Act, at: float) -> list[AuditEntry]:
        fault = fault_of(act, at, self._rules.longest_ack)
        audit: list[AuditEntry] = []
        done: list[Alarm] = []
        for place, alarm_id in enumerate(dict.fromkeys(act.alarm_ids)):
            saw = act.saw[place] if len(act.saw) == len(act.alarm_ids) else None
            came = Outcome(None, fault, detail_of(act)) if fault else self._do_one(act, alarm_id, saw, at)
            if came.alarm is not None:
                done.append(came.alarm)
            audit.append(audit_of(act, alarm_id, came.detail, came.said, at))
        if not audit:
            audit.append(audit_of(act, "", detail_of(act), fault or "no alarm was named", at))
        if done:
            self._notes.append(of_act(act, done, at))
        return audit

    def _do_one(self, act: Act, alarm_id: str, saw: float | None, at: float) -> Outcome:
        cases = self._cases
        key = cases.key_of.get(alarm_id)
        if key is None:
            gone = cases.past.get(alarm_id)
            if gone is not None and act.kind == "note":
                return cases.note_on_past(act, gone, at)
            return Outcome(None, not_open(gone, at), detail_of(act))
        case = cases.by_key[key]
        came = done_to(case, act, saw, at, self._rules.longest_ack)
        if came.alarm is not None:
            cases.draft(case, came.alarm)
            self._dated(came.alarm)
            cases.dirty[key] = None
            if came.did:
                case.acted = (at, act.who, came.did)
        return came
