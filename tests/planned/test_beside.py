"""Two readings of one message: what the other parser tells counts as far as nothing in it speaks against it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from noctui.model.notices import Affected, Fault, Impact, Maintenance, Notice, Outcome, Status, Window
from noctui.planned.beside import NAMES, READER, Row, name_of, together
from noctui.planned.providers import DEFAULT

NIGHT = int(datetime(2026, 3, 10, 5, tzinfo=UTC).timestamp())
HOUR = 3600
LINES = {"subject": ["Planned work CHG1"], "text": ["Circuit A/1: 2026-03-10 05:00 UTC", "until 09:00 UTC"]}


def row(start: int = NIGHT, end: int = NIGHT + 4 * HOUR, **others: object) -> Row:
    made = Row(
        maintenance_id="CHG1", status="CONFIRMED", start=start, end=end, circuits=(("A/1", "OUTAGE"),), by="2.12"
    )
    return structs.replace(made, **others)


def work(*windows: Window, **others: object) -> Maintenance:
    circuit = Affected(circuit="A/1", impact=Impact.OUTAGE, seconds=900, aliases=("a-one",))
    made = Maintenance(
        provider="BSO", maintenance_id="chg 1", status=Status.CONFIRMED, circuits=(circuit,), location="Paris",
        windows=windows or (Window(start=NIGHT, end=NIGHT + 4 * HOUR),),
    )  # fmt: skip
    return structs.replace(made, **others)


def notice(*works: Maintenance, **others: object) -> Notice:
    outcome = Outcome.PARSED if works else Outcome.FAILED
    made = Notice(key="k", outcome=outcome, provider="BSO", date=NIGHT - 86_400, reader="labelled" if works else "",
                  maintenances=works)  # fmt: skip
    return structs.replace(made, **others)


def test_where_both_read_the_same_the_other_has_what_we_know_besides() -> None:
    found = together(notice(work()), [row()], LINES)
    (one,) = found.maintenances
    assert (found.outcome, found.reader) == (Outcome.PARSED, READER)
    assert one.windows == (Window(start=NIGHT, end=NIGHT + 4 * HOUR),)
    assert one.circuits == (Affected(circuit="A/1", impact=Impact.OUTAGE, seconds=900, aliases=("a-one",)),)
    assert one.location == "Paris"
    assert one.review == ()
    assert [(s.field, s.part, s.line) for s in one.sources] == [
        ("reader", "cmp", 0), ("maintenance_id", "subject", 1), ("circuit", "text", 1),
    ]  # fmt: skip


def test_two_nights_that_it_makes_one_stay_two() -> None:
    """Facts 1.5: BSO's two nights of 6 h become one window of 30 h, which would excuse 18 h of outage."""
    nights = (Window(start=NIGHT, end=NIGHT + 6 * HOUR), Window(start=NIGHT + 24 * HOUR, end=NIGHT + 30 * HOUR))
    (one,) = together(notice(work(*nights)), [row(end=NIGHT + 30 * HOUR)], LINES).maintenances
    assert one.windows == nights
    assert any(READER in why and "2026-03-10 05:00 – 2026-03-11 11:00" in why for why in one.review)
    assert "a window longer than 12 hours" in one.review


def test_three_nights_under_one_id_are_one_work() -> None:
    """Facts 1.5: Zayo's nights come one by one, under one id."""
    rows = [row(NIGHT + n * 86_400, NIGHT + n * 86_400 + 4 * HOUR) for n in range(3)]
    (one,) = together(notice(), rows, LINES).maintenances
    assert [w.start for w in one.windows] == [NIGHT, NIGHT + 86_400, NIGHT + 2 * 86_400]
    assert all(w.circuits == () for w in one.windows)


def test_nights_of_different_circuits_keep_them_apart() -> None:
    rows = [row(), row(NIGHT + 86_400, NIGHT + 90_000, circuits=(("B/2", "DEGRADED"),))]
    (one,) = together(notice(), rows, LINES).maintenances
    assert [c.circuit for c in one.circuits] == ["A/1", "B/2"]
    assert [w.circuits for w in one.windows] == [("A/1",), ("B/2",)]


def test_what_it_reads_alone_is_read_and_looked_at() -> None:
    own = notice(faults=(Fault("day or month first?", "text", 3, "Start: 03/10/2026"),))
    found = together(own, [row()], LINES)
    assert found.outcome is Outcome.PARSED
    assert found.faults == ()
    assert found.maintenances[0].review == (
        f"read by {READER} alone", 'text line 3: day or month first?: "Start: 03/10/2026"',
    )  # fmt: skip


def test_a_zone_that_it_takes_no_notice_of_stops_it() -> None:
    """Facts 1.4: its parsers read `05:00 CST` as 05:00 UTC and say nothing."""
    own = notice(faults=(Fault("which zone?", "text", 1, "Start: 2026-03-10 05:00 CST"),))
    found = together(own, [row()], {"text": ["CHG1", "Start: 2026-03-10 05:00 (CST)"]})
    assert found.outcome is Outcome.FAILED
    assert found.maintenances == ()
    assert found.faults[-1] == Fault(
        f"{READER} reads it alone, and takes no notice of a zone", "text", 2, "Start: 2026-03-10 05:00 (CST)"
    )


def test_of_a_sender_that_nobody_knows_nothing_is_acted_on() -> None:
    found = together(notice(provider=""), [row(guessed=True)], LINES)
    assert found.outcome is Outcome.UNKNOWN_PROVIDER
    assert "nobody knows its sender; one carrier's form fits" in found.maintenances[0].review


def test_circuits_and_states_that_differ_are_said() -> None:
    mine = work(status=Status.CANCELLED, circuits=(Affected(circuit="B/2"),))
    (one,) = together(notice(mine), [row()], LINES).maintenances
    assert [c.circuit for c in one.circuits] == ["A/1"]
    assert "read otherwise: circuits B/2" in one.review
    assert "read otherwise: CANCELLED" in one.review


def test_a_reference_that_it_finds_is_one() -> None:
    why = "has no reference: later notices of it cannot be told to be so"
    (one,) = together(notice(work(maintenance_id="~0123456789ab", review=(why, "odd"))), [row()], LINES).maintenances
    assert (one.maintenance_id, one.review) == ("CHG1", ("odd",))


def test_our_works_that_it_does_not_tell_of_stay() -> None:
    other = work(maintenance_id="CHG2")
    found = together(notice(work(), other), [row()], LINES)
    assert [m.maintenance_id for m in found.maintenances] == ["CHG1", "CHG2"]
    assert f"{READER} does not tell of it" in found.maintenances[1].review


def test_windows_that_cannot_be_are_not_believed() -> None:
    for odd in (row(end=NIGHT), row(end=NIGHT + 15 * 86_400), row(NIGHT + 500 * 86_400, NIGHT + 501 * 86_400)):
        own = notice(work())
        assert together(own, [odd], LINES) is own


def test_names_that_differ_are_of_carriers_that_we_know() -> None:
    assert NAMES.keys() <= {p.name for p in DEFAULT} | {"Global Cloud Xchange"}
    assert (name_of("Zayo"), name_of("AT&T"), name_of("Acme")) == ("zayo", "att", "acme")


ROWS = st.builds(
    Row,
    maintenance_id=st.sampled_from(["CHG1", "chg 1", "X", ""]),
    status=st.sampled_from([*[s.value for s in Status], "odd"]),
    start=st.integers(NIGHT - 10**8, NIGHT + 10**8),
    end=st.integers(NIGHT - 10**8, NIGHT + 10**8),
    circuits=st.lists(st.tuples(st.sampled_from(["A/1", "B", ""]), st.sampled_from(["OUTAGE", "odd"])), max_size=3).map(
        tuple
    ),
)


@given(st.lists(ROWS, max_size=5), st.booleans())
def test_whatever_it_tells_no_window_of_ours_is_lost_or_made_longer(rows: list[Row], known: bool) -> None:
    own = notice(work()) if known else notice()
    found = together(own, rows, LINES)
    for one in found.maintenances:
        assert all(0 < w.end - w.start <= 14 * 86_400 for w in one.windows)
    if known:
        assert Window(start=NIGHT, end=NIGHT + 4 * HOUR) in {
            structs.replace(w, circuits=()) for m in found.maintenances for w in m.windows
        }
    if found.outcome is Outcome.PARSED:
        assert found.maintenances
