"""The cause behind many lost circuits, found in columns as a plain loop over every group finds it."""

from __future__ import annotations

from dataclasses import fields, replace

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.engine.cause import LEAST, TOGETHER, find_cause
from noctui.model.view import CircuitTable, SiteTable, View
from noctui.model.words import Severity
from tests.examples import some
from tests.night_world import POLL, view

_CARRIERS = ("", "Lumen", "Zayo")


def _network(lost: list[tuple[int, int, int, int]]) -> View:
    """A View with one circuit per item of `lost`: (carrier, region, severity, minute of its beginning), each at a site
    of its own."""
    night = view(POLL)
    count = len(lost)
    site, circuit = night.inventory.sites[0], night.inventory.circuits[0]
    sites = tuple(
        msgspec.structs.replace(site, site_id=f"s{i}", name=f"{i:04d}", region=f"r{region}")
        for i, (_, region, _, _) in enumerate(lost)
    )
    circuits = tuple(
        msgspec.structs.replace(circuit, circuit_id=f"c{i}", site_id=f"s{i}", carrier=_CARRIERS[carrier])
        for i, (carrier, _, _, _) in enumerate(lost)
    )
    columns = {f.name: np.resize(getattr(night.circuits, f.name), (count, *getattr(night.circuits, f.name).shape[1:]))
               for f in fields(CircuitTable)}  # fmt: skip
    columns["severity"] = np.array([severity for _, _, severity, _ in lost], np.uint8)
    columns["since"] = np.array([POLL - 60.0 * minute for _, _, _, minute in lost])
    places = {f.name: np.resize(getattr(night.sites, f.name), (count, *getattr(night.sites, f.name).shape[1:]))
              for f in fields(SiteTable)}  # fmt: skip
    inventory = msgspec.structs.replace(night.inventory, sites=sites, circuits=circuits, gateways=(), paths=())
    return replace(night, inventory=inventory, circuits=CircuitTable(**columns), sites=SiteTable(**places))


def _largest(net: View) -> tuple[int, str, str] | None:
    """(circuits, carrier, region) by trying each group and each beginning."""
    groups: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for row, circuit in enumerate(net.inventory.circuits):
        severity = int(net.circuits.severity[row])
        if severity > Severity.AWAY:
            continue
        item = (float(net.circuits.since[row]), severity)
        region = net.inventory.sites[int(net.inventory.circuit_site[row])].region
        if circuit.carrier:
            groups.setdefault((circuit.carrier, region), []).append(item)
        if severity == Severity.AWAY:
            groups.setdefault(("", region), []).append(item)
    found = []
    for (carrier, region), items in groups.items():
        runs = [[s for t, s in items if last - TOGETHER <= t <= last] for last, _ in sorted(items)]
        largest = max(len(run) for run in runs)
        run = [run for run in runs if len(run) == largest][-1]
        if largest >= LEAST and not (carrier and all(s == Severity.AWAY for s in run)):
            found.append((largest, bool(carrier), carrier, region))
    if not found:
        return None
    size, _, carrier, region = max(found)
    return size, carrier, region


_one = st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([0, 0, 1, 1, Severity.OK]), st.integers(0, 40))


@settings(max_examples=some(150), deadline=None)
@given(st.lists(_one, min_size=5, max_size=60))
def test_it_is_the_largest_group_of_one_carrier_and_region(lost: list[tuple[int, int, int, int]]) -> None:
    net = _network(lost)
    cause = find_cause(net)
    assert (None if cause is None else (len(cause.rows), cause.carrier, cause.region)) == _largest(net)


def test_inside_one_region_no_other_counts() -> None:
    net = _network([(1, 0, 0, 5)] * 6 + [(2, 1, 0, 5)] * 9)
    everywhere, there = find_cause(net), find_cause(net, "r0")
    assert everywhere is not None
    assert (everywhere.carrier, everywhere.region) == ("Zayo", "r1")
    assert there is not None
    assert (there.carrier, there.region, len(there.rows)) == ("Lumen", "r0", 6)
    assert find_cause(net, "no such region") is None
