"""A circuit's own work and promise in a line, and the alarms that a work stands for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec

from noctui.model.alarms import Alarm, Alarms
from noctui.model.works import Works
from noctui.tui.look.signs import Signs
from noctui.tui.panes.own_works import alarms_of, by_circuit, promise_line, work_line
from tests import night
from tests.night_scores import board_at
from tests.night_works import at

VIEW = night.view()
ZAYO = next(w for w in VIEW.works.works if w.maintenance.maintenance_id == "CHG-20881")


def said(line: tuple[tuple[str, str], ...]) -> str:
    return "".join(text for text, _ in line)


def test_a_circuits_work_is_the_window_it_is_in_else_the_next_one() -> None:
    assert said(work_line(VIEW.works, "s1774:ge-0/0/0", VIEW.at, Signs())) == "≡ to 06:00 Zayo CHG-20881"
    assert said(work_line(VIEW.works, night.HOT, VIEW.at, Signs())) == "≡ Nov 24 06:00–10:00 Comcast CM-7744"
    assert said(work_line(VIEW.works, "s1000:ge-0/0/0", VIEW.at, Signs())) == "–"
    assert said(work_line(VIEW.works, night.HOT, VIEW.at, Signs(), named=False)) == "≡ Nov 24 06:00–10:00"


def test_work_without_impact_takes_no_circuit_and_tentative_work_has_its_own_sign() -> None:
    only = Works(at=VIEW.at, works=tuple(w for w in VIEW.works.works if w.maintenance.maintenance_id == "notice-11"))
    circuit = only.works[0].circuit_ids[0]
    assert said(work_line(only, circuit, VIEW.at, Signs())) == "–"
    spectrum = next(w for w in VIEW.works.works if w.maintenance.maintenance_id == "MNT-55120")
    only = Works(at=VIEW.at, works=(spectrum,))
    assert said(work_line(only, spectrum.circuit_ids[0], VIEW.at, Signs())).startswith("╌ 08:00–09:00")


def test_a_promise_in_a_line_of_34_cells() -> None:
    board = board_at(night.POLL, "running")
    of = by_circuit(board)
    assert said(promise_line(of["s0417:ge-0/0/0"], night.POLL, Signs())) == "99.90 ━━━━━──── breaks 03:34 (20m)"
    assert said(promise_line(of[night.HOT], night.POLL, Signs())) == "99.5 ────────── 3h36m left"
    assert said(promise_line(of["s3874:ge-0/0/0"], night.POLL, Signs())) == "99.90 ━━━━━━━━━━ broken, 258%"
    for line in of.values():
        assert len(said(promise_line(line, night.POLL, Signs(), 34))) <= 36
    assert by_circuit(None) == {}


def test_of_several_promises_of_a_circuit_the_worst_is_told() -> None:
    board = board_at(night.POLL, "running")
    assert board is not None
    broken = next(x for x in board.lines if x.verdict.service_id == "s3874:ge-0/0/0")
    met = msgspec.structs.replace(broken, verdict=next(x for x in board.lines if x.verdict.counted == 0).verdict)
    for lines in ((broken, met), (met, broken)):
        assert by_circuit(msgspec.structs.replace(board, lines=lines))["s3874:ge-0/0/0"] is broken


def test_a_work_stands_for_its_conflicts_and_for_what_it_holds() -> None:
    def alarm(key: str, held_by: str = "") -> Alarm:
        return Alarm(
            alarm_id=f"{key}@1", key=key, source="planned", type="conflict", severity=3, opened=1.0, changed=1.0,
            known_at=1.0, worst=3, held_by=held_by,
        )  # fmt: skip

    mine, held = (
        alarm(f"conflict/site/Zayo CHG-20881+Starlink SL-118204/{at(5)}-{at(6)}"),
        alarm("circuit/x/loss", "maintenance Zayo CHG-20881"),
    )
    others = (
        alarm(f"conflict/site/Zayo CHG-20881+Starlink SL-118204/{at(7)}-{at(8)}"),
        alarm("circuit/y/loss", "maintenance Zayo CHG-1"),
    )
    view = replace(VIEW, alarms=Alarms(alarms=(mine, held, *others)))
    assert alarms_of(ZAYO, view) == (mine, held)


def test_the_board_of_one_circuit_has_but_its_own_promises() -> None:
    board = asyncio.run(night.FakeReader(night.POLL).scores(circuit_id=night.HOT))
    assert board is not None
    assert [x.circuits for x in board.lines] == [(night.HOT,)]
