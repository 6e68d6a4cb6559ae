"""Credits by the public terms of carriers (worked case 17), tables with holes, and until when to claim."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noctui.model.edges import Edge
from noctui.model.sla import Band, Claim, CreditKind, CreditRule, Promise
from noctui.model.verdicts import Credit
from noctui.model.words import State
from noctui.sla.money import amount, band_faults, banded, claim_by
from tests.sla.scenes import HOUR, MINUTE, PROMISE, SERVICE, at, down_for, line, period, score, stretches


def table(kind: CreditKind, *rows: tuple[str, str | None, str], upper: bool = False) -> CreditRule:
    return CreditRule(kind=kind, bands=tuple(Band(*row) for row in rows), upper=upper)


LUMEN_EDGE = table(
    CreditKind.DOWNTIME,
    ("0", "300", "0"), ("300", "1800", "10"), ("1800", "3600", "20"), ("3600", "7200", "50"), ("7200", None, "100"),
)  # fmt: skip
CROSSROADS = table(
    CreditKind.DOWNTIME,
    ("0", "600", "0"), ("600", "2700", "5"), ("2700", "14400", "10"), ("14400", "28800", "20"),
    ("28800", "43200", "30"), ("43200", "57600", "40"), ("57600", "86400", "50"), ("86400", None, "100"),
    upper=True,
)  # fmt: skip
WAVES = table(
    CreditKind.AVAILABILITY, ("0", "99", "25"), ("99", "99.5", "10"), ("99.5", "100", "0")
)  # fmt: skip


def due(rule: CreditRule, edges: tuple[Edge, ...], monthly: str = "3000", when: str = "04-20 00:00") -> Credit:
    """The credit of a month for what was down."""
    promise = replace(PROMISE, credits=rule, minimum_outage=61 if rule.kind is CreditKind.DAYS else 0, merge_gap=0)
    found = score(edges, promise=promise, service=replace(SERVICE, monthly=monthly), when=when).credit
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("rule", "seconds", "percent"),
    [
        (LUMEN_EDGE, 299, "0"), (LUMEN_EDGE, 300, "10"), (LUMEN_EDGE, 29 * MINUTE + 59, "10"), (LUMEN_EDGE, 1800, "20"),
        (LUMEN_EDGE, 2 * HOUR, "100"), (CROSSROADS, 600, "0"), (CROSSROADS, 601, "5"), (CROSSROADS, 24 * HOUR, "50"),
        (CROSSROADS, 24 * HOUR + 1, "100"), (CROSSROADS, 0, "0"),
    ],
)  # fmt: skip
def test_case_17_bands_of_downtime_and_whose_the_edge_is(rule: CreditRule, seconds: int, percent: str) -> None:
    assert due(rule, down_for(seconds) if seconds else line()).percent == percent


def test_case_17_a_thirtieth_for_each_day_with_an_outage_of_more_than_a_minute() -> None:
    days = ("04-03 06:00", "04-10 06:00", "04-20 06:00")
    edges = stretches(
        (at(d), at(d) + seconds, State.DOWN) for d, seconds in zip(days, (120, 90, 60), strict=True)
    )  # fmt: skip
    found = due(CreditRule(kind=CreditKind.DAYS, share="1/30"), edges)
    assert (found.amount, found.currency) == ("200.00", "USD")


def test_case_17_a_days_charge_for_each_hour_or_fraction_of_one() -> None:
    """3 h 05 min in a month of 31 days, at 3,100 a month: 4 × 100."""
    rule = CreditRule(kind=CreditKind.HOURS)
    assert due(rule, down_for(3 * HOUR + 5 * MINUTE, "05-10 06:00"), "3100", "05-20 00:00").amount == "400.00"


def test_case_17_a_table_with_a_hole_is_refused() -> None:
    """TELUS prints one: 97.9 is followed by 96.89, and 97.5 is in no band."""
    holed = table(CreditKind.AVAILABILITY, ("0", "96.89", "50"), ("97.9", "99.9", "10"), ("99.9", "100", "0"))
    assert band_faults(holed) == ["the bands leave a gap between 96.89 and 97.9"]


@pytest.mark.parametrize("rule", [LUMEN_EDGE, CROSSROADS, WAVES])
def test_whole_tables_have_no_fault(rule: CreditRule) -> None:
    assert band_faults(rule) == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("0", "600", "0"), ("300", None, "5")], "the bands from 0 and from 300 overlap"),
        ([("0", None, "0"), ("300", None, "5")], "the bands from 0 and from 300 overlap"),
        ([("60", None, "5")], "the bands begin at 60, not at 0"),
        ([("0", "600", "0")], "the bands end at 600, not at no end"),
        ([("0", "600", "0"), ("600", "600", "1"), ("600", None, "5")], "band 600 to 600 is empty"),
        ([], "the table of credits has no bands"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(rows: list[tuple[str, str | None, str]], fault: str) -> None:
    assert band_faults(table(CreditKind.DOWNTIME, *rows)) == [fault]


@given(st.lists(st.integers(1, 100_000), min_size=0, max_size=6, unique=True), st.booleans(), st.integers(0, 200_000))
def test_a_table_without_faults_holds_each_value_in_one_band(edges: list[int], upper: bool, value: int) -> None:
    bounds = [0, *sorted(edges)]
    rows = [(str(low), str(high), str(n)) for n, (low, high) in enumerate(pairwise(bounds))]
    rule = table(CreditKind.DOWNTIME, *rows, (str(bounds[-1]), None, str(len(rows))), upper=upper)
    assert band_faults(rule) == []
    expected = sum(value > b if upper else value >= b for b in bounds[1:])
    assert banded(rule, Fraction(value)) == expected


def test_bands_of_availability_own_100() -> None:
    assert banded(table(CreditKind.AVAILABILITY, ("0", "100", "5")), Fraction(100)) == 5
    assert [banded(WAVES, Fraction(p)) for p in ("100", "99.5", "99.499999", "0")] == [0, 0, 10, 25]


def test_never_more_than_the_cap() -> None:
    rule = CreditRule(kind=CreditKind.HOURS, cap="50")
    assert (due(rule, down_for(30 * HOUR)).percent, due(rule, down_for(30 * HOUR)).amount) == ("50", "1500.00")


def test_unknown_time_makes_two_amounts_and_an_unknown_charge_none() -> None:
    edges = line([("04-10 06:00", "04-10 06:10")], unknown=[("04-12 00:00", "04-12 01:00")])
    found = due(LUMEN_EDGE, edges)
    assert (found.percent, found.percent_at_most) == ("10", "50")
    assert (found.amount, found.amount_at_most) == ("300.00", "1500.00")
    for monthly in ("", "n/a", "nan"):
        unknown = due(LUMEN_EDGE, edges, monthly=monthly)
        assert (unknown.percent, unknown.amount, unknown.amount_at_most) == ("10", None, None)


def test_a_night_over_midnight_is_two_days() -> None:
    rule = CreditRule(kind=CreditKind.DAYS, share="1/30")
    assert due(rule, line([("04-10 23:00", "04-11 01:00")])).amount == "200.00"


@pytest.mark.parametrize(
    ("claim", "last"),
    [
        (Claim(30), date(2026, 12, 30)),
        (Claim(7, business=True), date(2026, 12, 9)),  # Tue 1 … Fri 4, Mon 7, Tue 8, Wed 9
        (Claim(0), date(2026, 11, 30)),
    ],
)
def test_the_last_day_of_a_claim(claim: Claim, last: date) -> None:
    """Cogent's 7 business days and Verizon's 30 days after November 2026."""
    until = claim_by(claim, period(when="11-20 00:00"), "UTC")
    assert datetime.fromtimestamp(until - 1, UTC).date() == last
    assert until % 86_400 == 0


def test_a_claim_has_a_last_day_only_when_there_may_be_something_to_claim() -> None:
    promise: Promise = replace(PROMISE, credits=LUMEN_EDGE, claim=Claim(30))
    met, broken = (score(edges, promise=promise).credit for edges in (line(), down_for(HOUR)))
    assert met is not None
    assert broken is not None
    assert (met.claim_by, broken.claim_by) == (None, at("05-31 00:00"))


@pytest.mark.parametrize(("money", "text"), [("1/200", "0.01"), ("1/201", "0.00"), ("400/3", "133.33"), ("7", "7.00")])
def test_money_has_two_decimals_halves_up(money: str, text: str) -> None:
    assert amount(Fraction(money)) == text
