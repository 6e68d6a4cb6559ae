"""A sweep under our names: ids that a source made up, replaced by those of the circuits that they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import msgspec
import numpy as np

from noctui.model.batch import Batch, Discovery, Sweep, Told
from noctui.model.detail import (
    Answer,
    AskInsights,
    Insights,
    PortFacts,
    Ports,
    Question,
    SpeedTest,
    Streamed,
    StreamPort,
)

P = TypeVar("P", PortFacts, SpeedTest, StreamPort)


def circuit(names: Mapping[str, str], circuit_id: str) -> str:
    return names.get(circuit_id, circuit_id)


def path(names: Mapping[str, str], path_id: str) -> str:
    """`{circuit_id}>…` under the circuit's new name; "" when that is left out."""
    circuit_id, mark, rest = path_id.partition(">")
    name = names.get(circuit_id, circuit_id)
    return f"{name}{mark}{rest}" if name else ""


def discovery(names: Mapping[str, str], seen: Discovery) -> Discovery:
    """What is named "" is left out, and so are its paths."""
    circuits = tuple(
        found if ours == found.circuit_id else msgspec.structs.replace(found, circuit_id=ours)
        for found in seen.circuits
        if (ours := circuit(names, found.circuit_id))
    )
    paths = tuple(
        one
        if ours == one.circuit_id
        else msgspec.structs.replace(one, path_id=path(names, one.path_id), circuit_id=ours)
        for one in seen.paths
        if (ours := circuit(names, one.circuit_id))
    )
    return replace(seen, circuits=circuits, paths=paths)


def sweep(names: Mapping[str, str], seen: Sweep, named: Discovery) -> Sweep:
    """The sweep under our names; `named` is its discovery, done already."""
    if not names:
        return seen if named is seen.discovery else replace(seen, discovery=named)
    events = tuple(
        e if ours == e.circuit_id else msgspec.structs.replace(e, circuit_id=ours)
        for e in seen.events
        if (ours := circuit(names, e.circuit_id))
    )
    return replace(
        seen,
        discovery=named,
        circuits=_batch(seen.circuits, lambda i: circuit(names, i)),
        paths=_batch(seen.paths, lambda i: path(names, i)),
        events=events,
        told=_told(names, seen.told),
    )


def _batch(batch: Batch | None, name: Callable[[str], str]) -> Batch | None:
    if batch is None:
        return None
    ids = tuple(name(i) for i in batch.ids)
    if ids == batch.ids:
        return batch
    if all(ids):
        return replace(batch, ids=ids)
    there = np.array([bool(i) for i in ids])
    return replace(
        batch,
        ids=tuple(i for i in ids if i),
        observed_at=batch.observed_at[there],
        columns={word: column[there] for word, column in batch.columns.items()},
    )


def _told(names: Mapping[str, str], told: Told) -> Told:
    """An alarm or event is told even when its circuit is left out: then it names none."""
    alarms = tuple(
        a
        if not any(i in names for i in a.circuit_ids)
        else msgspec.structs.replace(a, circuit_ids=tuple(n for i in a.circuit_ids if (n := circuit(names, i))))
        for a in told.alarms
    )
    events = tuple(
        e if e.circuit_id not in names else msgspec.structs.replace(e, circuit_id=names[e.circuit_id])
        for e in told.events
    )
    return replace(told, alarms=alarms, events=events)


def answer(names: Mapping[str, str], asked: Question, told: Answer) -> Answer:
    """The cloud's answer under our names."""
    if isinstance(told, Insights):
        ours = asked.circuit_id if isinstance(asked, AskInsights) else circuit(names, told.circuit_id)
        return msgspec.structs.replace(told, circuit_id=ours)
    if isinstance(told, Ports):
        tests = tuple(_named(names, t) for t in told.speed_tests)
        return msgspec.structs.replace(told, ports=tuple(_named(names, p) for p in told.ports), speed_tests=tests)
    if isinstance(told, Streamed):
        return msgspec.structs.replace(told, ports=tuple(_named(names, p) for p in told.ports))
    return told


def _named(names: Mapping[str, str], one: P) -> P:
    ours = names.get(one.circuit_id)
    return msgspec.structs.replace(one, circuit_id=ours) if ours else one
