"""What a person writes of a mail that no reader could read, as planned work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.notices import Impact, Status, Window
from noctui.tui.filling import FIELDS, REQUIRED, WrongFieldError, filled_from, known_fields
from noctui.tui.frame import act_form
from tests.night_works import at, mail_of, mails

GOOD = {
    "carrier": "Cogent", "work": "44-1", "status": "confirmed", "windows": "2026-11-24 05:00–07:00",
    "circuits": "IC-12, IC-13", "impact": "outage", "about": "fibre", "why": "read by eye",
}  # fmt: skip


def test_a_window_two_circuits() -> None:
    made = filled_from(GOOD)
    assert made.provider == "Cogent"
    assert made.status is Status.CONFIRMED
    assert made.windows == (Window(start=at(5, 0, 24), end=at(7, 0, 24)),)
    assert [(c.circuit, c.impact) for c in made.circuits] == [("IC-12", Impact.OUTAGE), ("IC-13", Impact.OUTAGE)]


@pytest.mark.parametrize(
    ("said", "windows"),
    [
        ("2026-11-24 05:00-07:00 UTC", [(at(5, 0, 24), at(7, 0, 24))]),
        ("2026-11-23T23:00 to 05:00", [(at(23), at(5, 0, 24))]),  # the next 05:00
        ("2026-11-23 23:00 – 2026-11-24 05:00", [(at(23), at(5, 0, 24))]),
        ("2026-11-23 1:00-2:00; 2026-11-24 1:00-2:00", [(at(1), at(2)), (at(1, 0, 24), at(2, 0, 24))]),
    ],
)  # fmt: skip
def test_ways_to_write_windows(said: str, windows: list[tuple[int, int]]) -> None:
    assert [(w.start, w.end) for w in filled_from(GOOD | {"windows": said}).windows] == windows


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("windows", "tomorrow at 5", "a window is written 2026-11-24 06:00–10:00, in UTC"),
        ("windows", "05:00-07:00", "a window is written"),
        ("windows", "2026-02-30 05:00-07:00", "no such time"),
        ("windows", "2026-11-24 25:00-27:00", "no such time"),
        ("windows", "", "give at least one window"),
        ("circuits", " , ", "name at least one circuit"),
        ("status", "perhaps", "status: tentative, confirmed"),
        ("work", " ", "give the carrier's number"),
        ("carrier", "", "say whose work it is"),
        ("impact", "much", "impact: outage"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(field: str, text: str, said: str) -> None:
    with pytest.raises(WrongFieldError, match=said) as caught:
        filled_from(GOOD | {field: text})
    assert caught.value.field == field


def test_a_cancelled_work_needs_no_window() -> None:
    made = filled_from(GOOD | {"status": "canc", "windows": "", "circuits": ""})
    assert made.status is Status.CANCELLED


def test_the_form_begins_with_what_was_read_all_the_same() -> None:
    notice = next(m.key for m in mails() if m.works == (("Zayo", "chg-20881"),))
    known = known_fields(mail_of(at(3, 14), notice))
    assert known["work"] == "CHG-20881"
    assert known["windows"] == "2026-11-23 03:05–06:00"
    assert filled_from(known | {"why": "checked"}).maintenance_id == "CHG-20881"
    assert known_fields(None) == {"status": "confirmed", "impact": "outage", "why": "read by hand"}


def test_the_form_has_these_fields() -> None:
    assert act_form.FIELDS["fill"] == FIELDS
    assert set(REQUIRED) <= act_form.REQUIRED


@given(st.fixed_dictionaries({name: st.text(max_size=30) for name in FIELDS}))
def test_whatever_is_typed_is_a_work_or_one_clear_line(fields: dict[str, str]) -> None:
    fault: WrongFieldError | None = None
    try:
        filled_from(fields)
    except WrongFieldError as error:
        fault = error
    assert fault is None or (fault.field in FIELDS and "\n" not in str(fault))
