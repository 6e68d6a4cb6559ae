"""Algorithms: groups whose circuits are never cut at once, repair times, tickets, and ones that others bring."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from msgspec.structs import replace

from noctui.model.sla import Clock, Service, Ticket
from noctui.model.verdicts import Outcome, Verdict
from noctui.sla.evaluate import evaluate
from noctui.sla.evidence import Evidence
from noctui.sla.registry import OWN, algorithms
from tests.sla.scenes import CIRCUIT, DAY, HOUR, MINUTE, PROMISE, at, line, period, score, work

EAST, WEST, THIRD = "s1:ge-0/0/0", "s1:ge-0/0/1", "s1:ge-0/0/2"
RING = Service(service_id="ring 7", members=(EAST, WEST, THIRD))
NEVER_TWO = replace(PROMISE, uptime="100", algorithm="diversity")
LINES = (
    *line([("04-10 06:00", "04-10 08:00")], circuit_id=EAST),
    *line([("04-10 07:30", "04-10 09:00")], circuit_id=WEST),
    *line(circuit_id=THIRD),
)


def test_of_a_group_only_the_time_counts_in_which_two_were_cut() -> None:
    verdict = score(LINES, promise=NEVER_TWO, service=RING)
    assert (verdict.counted, verdict.outcome, verdict.service_id) == (30 * MINUTE, Outcome.BROKEN, "ring 7")
    assert verdict.broke_at == at("04-10 07:30")
    assert verdict.used is None


def test_one_after_the_other_is_no_cut_of_the_group() -> None:
    edges = line([("04-10 06:00", "04-10 08:00")], circuit_id=EAST) + line(
        [("04-10 08:00", "04-10 09:00")], circuit_id=WEST
    )
    assert score([*edges, *line(circuit_id=THIRD)], promise=NEVER_TWO, service=RING).outcome is Outcome.MET


def test_planned_work_on_one_of_them_is_no_cut_of_the_group() -> None:
    assert score(LINES, work(("04-10 05:00", "04-10 10:00")), promise=NEVER_TWO, service=RING).excused == 30 * MINUTE


def test_a_group_may_bear_two_cuts_and_not_three() -> None:
    promise = replace(NEVER_TWO, options={"at_once": "3"})
    assert score(LINES, promise=promise, service=RING).outcome is Outcome.MET


def test_a_circuit_of_the_group_that_nobody_saw_leaves_it_open() -> None:
    edges = [*line([("04-10 06:00", "04-10 08:00")], circuit_id=EAST), *line(circuit_id=THIRD)]
    edges += line(unknown=[("04-10 07:00", "04-10 07:10")], circuit_id=WEST)
    verdict = score(edges, promise=NEVER_TWO, service=RING)
    assert (verdict.outcome, verdict.unknown, verdict.down) == (Outcome.UNSURE, 10 * MINUTE, 0)


def test_the_time_to_repair_counts_what_goes_beyond_it() -> None:
    promise = replace(PROMISE, uptime="100", algorithm="repair", options={"seconds": str(4 * HOUR)})
    edges = line([("04-10 06:00", "04-10 10:00"), ("04-12 06:00", "04-12 11:00")])
    verdict = score(edges, promise=promise)
    assert [o.counted for o in verdict.outages] == [0, HOUR]
    assert verdict.broke_at == at("04-12 10:00")


def by_ticket(*opened: str, known_at: str | None = None) -> Verdict:
    """Of an outage 06:00-07:30 and one 06:00-07:00 two days later, with tickets of these times."""
    tickets = tuple(Ticket(circuit_id=CIRCUIT, opened_at=at(t), known_at=at(known_at or t)) for t in opened)
    edges = line([("04-10 06:00", "04-10 07:30"), ("04-12 06:00", "04-12 07:00")])
    promise = replace(PROMISE, clock=Clock.TICKET)
    service = Service(service_id=CIRCUIT)
    return evaluate(promise, service, period(), Evidence(edges, tickets=tickets), at("05-03 00:00"))


def test_an_outage_may_count_from_its_ticket_on() -> None:
    """Nearly all contracts read so. The cut of the 10th was reported after half an hour, that of the 12th never."""
    verdict = by_ticket("04-10 06:30")
    assert verdict.counted == HOUR
    assert [o.uncounted for o in verdict.outages] == [30 * MINUTE, HOUR]


@pytest.mark.parametrize(("opened", "counted"), [("04-10 06:00", 90 * MINUTE), ("04-10 07:30", 0), ("04-10 05:59", 0)])
def test_a_ticket_counts_when_it_was_opened_during_the_outage(opened: str, counted: int) -> None:
    assert by_ticket(opened).counted == counted


def test_the_first_ticket_counts_and_one_that_is_not_known_yet_does_not() -> None:
    assert by_ticket("04-10 06:50", "04-10 06:30").counted == HOUR
    assert by_ticket("04-10 06:30", known_at="05-04 00:00").counted == 0


THEIRS = '''
from noctui.sla.algorithms import Availability
from noctui.sla.intervals import NONE


class OnlyLong(Availability):
    """Outages below 30 min do not count."""

    name = "only-long"

    def eligible(self, case, cut):
        return cut.parts if cut.down >= 1800 else NONE


class Broken:
    def __init__(self):
        raise RuntimeError("no licence")
'''


def test_a_package_brings_an_algorithm_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed as a package is: found by its metadata, loaded, used by name."""
    (tmp_path / "their_slas.py").write_text(THEIRS)
    about = tmp_path / "their_slas-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: their-slas\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[noctui.sla]\nonly-long = their_slas:OnlyLong\nbroken = their_slas:Broken\nrepair = their_slas:OnlyLong\n"
        "none = their_slas:NONE\nmissing = their_slas_2:X\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = algorithms(p for p in entry_points(group="noctui.sla") if p.value.startswith("their_slas"))
    sys.modules.pop("their_slas", None)
    edges = line([("04-10 06:00", "04-10 06:29"), ("04-12 06:00", "04-12 07:00")])
    verdict = score(edges, promise=replace(PROMISE, algorithm="only-long"), algorithm=found.named("only-long"))
    assert verdict.counted == HOUR
    assert found.by_name["repair"] is OWN["repair"]
    told = sorted(line.split(": ")[0] + ": " + line.split(": ")[1] for line in found.faults)
    assert told == [
        "algorithm broken (their_slas:Broken) does not load: RuntimeError",
        "algorithm missing (their_slas_2:X) does not load: ModuleNotFoundError",
        "algorithm none (their_slas:NONE) does not load: TypeError",
        "algorithm repair (their_slas:OnlyLong) is left out: there is one of this name",
    ]


def test_what_is_no_algorithm_is_left_out_and_told() -> None:
    found = algorithms([EntryPoint("odd", "builtins:dict", "noctui.sla")])
    assert found.faults == ("algorithm odd (builtins:dict) is left out: it is no subclass of Availability",)


def test_a_name_that_nobody_has_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no algorithm 'x': there are availability, diversity, repair; a package adds"):
        algorithms([]).named("x")
    with pytest.raises(ValueError, match="no algorithm 'x'"):
        score(line(), promise=replace(PROMISE, algorithm="x"))


def test_a_group_may_have_a_percentage_too() -> None:
    """99.9 of the time no two are cut: 43.2 min of April."""
    promise = replace(NEVER_TWO, uptime="99.9")
    verdict = score(LINES, promise=promise, service=RING)
    assert (verdict.outcome, verdict.period.seconds) == (Outcome.MET, 30 * DAY)
