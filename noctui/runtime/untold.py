"""What history could not keep yet, of what is told once and never again: it goes with the next poll.

Samples of a poll that is not kept are lost, and stand as unknown. The ledger, alarms, the audit and the cloud's tales
are not.
"""

from __future__ import annotations

import math
from dataclasses import replace

from noctui.model.alarms import Alarm, AuditEntry
from noctui.model.batch import Told
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Edge, Failover, Note
from noctui.model.view import View
from noctui.model.words import State
from noctui.model.work import PollRecord

MOST = 100_000
"""Events, edges, notes or versions of alarms that wait while the disk is full; the oldest are given up."""


class Untold:
    """Empty while all is well."""

    def __init__(self) -> None:
        self.kept()

    def kept(self) -> None:
        """Everything was."""
        self._waiting = Told()
        self._edges: tuple[Edge, ...] = ()
        self._failovers: tuple[Failover, ...] = ()
        self._notes: tuple[Note, ...] = ()
        self._alarms: tuple[Alarm, ...] = ()
        self._audit: tuple[AuditEntry, ...] = ()

    def joined(self, told: Told) -> Told:
        """What waits, then `told`."""
        waiting = self._waiting
        if not (waiting.alarms or waiting.events or waiting.sle):
            return told
        return Told(
            alarms=_newest((*waiting.alarms, *told.alarms)),
            events=(*waiting.events, *told.events)[-MOST:],
            sle=told.sle or waiting.sle,
        )

    def with_all(self, record: PollRecord) -> PollRecord:
        """The record with everything that waits before its own."""
        return replace(
            record,
            told=self.joined(record.told),
            edges=(*self._edges, *record.edges)[-MOST:] if self._edges else record.edges,
            failovers=(*self._failovers, *record.failovers)[-MOST:],
            notes=(*self._notes, *record.notes)[-MOST:],
            alarms=_versions((*self._alarms, *record.alarms)),
            audit=(*self._audit, *record.audit)[-MOST:],
        )

    def wait(self, told: Told) -> None:
        """It was not kept."""
        self._waiting = told

    def wait_all(self, record: PollRecord) -> None:
        """Nothing of this record, which was made `with_all`, was kept."""
        self._waiting, self._edges = record.told, record.edges
        self._failovers, self._notes = record.failovers, record.notes
        self._alarms, self._audit = record.alarms, record.audit

    def begun_anew(self, view: View) -> None:
        """A new, empty history has this poll and no ledger: what each circuit is in since when, and which alarms are
        open, goes with the next."""
        self.kept()
        self._alarms = view.alarms.alarms
        circuits = view.circuits
        self._edges = tuple(
            Edge(
                circuit_id=circuit.circuit_id,
                event_time=since if math.isfinite(since) and since <= view.at else view.at,
                state=State(state),
                known_at=view.at,
                evidence="the history before was set aside",
            )
            for circuit, since, state in zip(
                view.inventory.circuits, circuits.since.tolist(), circuits.state.tolist(), strict=True
            )
            if state != State.UNKNOWN
        )


def _versions(alarms: tuple[Alarm, ...]) -> tuple[Alarm, ...]:
    """Every version; of very many the newest of each alarm, so that none stays open that has cleared."""
    if len(alarms) <= MOST:
        return alarms
    return tuple({a.alarm_id: a for a in alarms}.values())[-MOST:]


def _newest(alarms: tuple[MistAlarm, ...]) -> tuple[MistAlarm, ...]:
    """Every version, as it was known; of very many only what was told last."""
    if len(alarms) <= MOST:
        return alarms
    return tuple({a.alarm_id: a for a in alarms}.values())[-MOST:]
