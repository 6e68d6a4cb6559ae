"""The sentence over planned work: a conflict before what runs, what runs before what comes; mails that nobody read."""

from __future__ import annotations

import msgspec

from noctui.model.notices import Status
from noctui.model.words import Severity
from noctui.planned.headline_planned import planned_headline
from tests import night
from tests.night_works import at, versions

WORKS = night.view().works.works
ZAYO = next(w for w in WORKS if w.maintenance.maintenance_id == "CHG-20881")
NOW = night.POLL


def test_a_conflict_is_told_first_with_its_carriers_and_how_many_sites() -> None:
    told = planned_headline(WORKS, NOW, 3)
    assert told.text == (
        "1 conflict: tonight 05:00–06:00 Zayo and Starlink together take every circuit of 2 sites."
        " 3 mails could not be read."
    )
    assert told.severity == Severity.CRITICAL


def test_a_conflict_that_is_over_is_not_told() -> None:
    told = planned_headline(WORKS, at(6, 30))
    assert "conflict" not in told.text
    assert told.text.startswith("6 circuits are in maintenance now: 2 works of Starlink and Lumen, to 10:00.")


def test_what_runs_is_named_and_what_comes_next() -> None:
    alone = msgspec.structs.replace(ZAYO, conflicts=())
    told = planned_headline((alone,), NOW)
    assert told.text == "4 circuits are in maintenance now: Zayo CHG-20881, to 06:00."
    assert told.severity == Severity.MAINTENANCE
    told = planned_headline((alone,), at(1))
    assert told.text == "No window now. Next: Zayo CHG-20881 tonight 03:05–06:00, 4 circuits."


def test_cancelled_tentative_and_replaced_work_is_no_window() -> None:
    words = "No windows in the next 36 h. 214 mails read, the last 6m ago."
    for changed in (
        msgspec.structs.replace(ZAYO, superseded_by="Zayo CHG-2"),
        msgspec.structs.replace(ZAYO, maintenance=msgspec.structs.replace(ZAYO.maintenance, status=Status.CANCELLED)),
        versions()[0],  # tentative
    ):
        assert planned_headline((changed,), NOW, 0, 214, NOW - 400).text == words


def test_nothing_known_says_so_and_mails_that_wait_are_told_in_their_own_colour() -> None:
    assert planned_headline((), NOW).text == "No windows in the next 36 h."
    told = planned_headline((), NOW, 1)
    assert told.text == "No windows in the next 36 h. 1 mail could not be read."
    assert told.severity == Severity.UNKNOWN
