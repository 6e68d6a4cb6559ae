"""What carriers' promises add up to, and the sentence over them (SCREENS, SLA)."""

from __future__ import annotations

from msgspec.structs import replace

from noctui.model.edges import Edge
from noctui.model.sla import Band, CreditKind, CreditRule
from noctui.model.verdicts import Outcome, Verdict
from noctui.model.words import Severity
from noctui.sla.headline_promises import promises_headline
from noctui.sla.totals import by_carrier
from tests.sla.scenes import HOUR, MINUTE, PROMISE, SERVICE, at, down_for, line, score

RULE = CreditRule(kind=CreditKind.DOWNTIME, bands=(Band("0", "2593", "0"), Band("2593", None, "10")))
NOW = "04-20 03:14"


def verdict(edges: tuple[Edge, ...], monthly: str = "4100", currency: str = "USD") -> Verdict:
    service = replace(SERVICE, monthly=monthly, currency=currency)
    return score(edges, promise=replace(PROMISE, credits=RULE), service=service, now=NOW)


MET, BROKEN = verdict(line()), verdict(down_for(HOUR))
RISK = verdict(down_for(40 * MINUTE))
BREAKS = verdict(line([("04-20 02:52", None)]))
UNSURE = verdict(line(unknown=[("04-10 00:00", "04-10 06:00")]))


def said(*scored: tuple[str, Verdict]) -> str:
    return promises_headline(scored, at(NOW)).text


def test_each_carrier_has_a_row_the_one_that_broke_most_first() -> None:
    frontier, lumen, zayo = by_carrier(
        [("Zayo", MET), ("Lumen", BROKEN), ("Frontier", BROKEN), ("Frontier", BROKEN), ("Lumen", UNSURE)]
    )
    assert (frontier.carrier, frontier.promises, frontier.credits) == ("Frontier", 2, {"USD": "820.00"})
    assert (frontier.outages, frontier.counted) == (2, 2 * HOUR)
    assert (lumen.outcomes[Outcome.BROKEN], lumen.outcomes[Outcome.UNSURE]) == (1, 1)
    assert (lumen.credits, lumen.credits_at_most) == ({"USD": "410.00"}, {"USD": "820.00"})
    assert (zayo.outcomes[Outcome.MET], zayo.credits) == (1, {})


def test_currencies_are_not_mixed_and_unknown_charges_are_counted() -> None:
    found = by_carrier(
        [("Bell", verdict(down_for(HOUR), "1000", "CAD")), ("Bell", BROKEN), ("Bell", verdict(down_for(HOUR), ""))]
    )
    assert (found[0].credits, found[0].unpriced) == ({"CAD": "100.00", "USD": "410.00"}, 1)


def test_what_is_broken_what_breaks_and_what_it_is_worth() -> None:
    text = said(*[("Lumen", BROKEN)] * 4, *[("Lumen", BREAKS)] * 29, ("Zayo", MET))
    assert text == "4 promises are broken; 29 more break if Lumen stays down to 03:35. Credits so far 1,640.00 USD."
    assert promises_headline([("Lumen", BREAKS)], at(NOW)).severity == Severity.CRITICAL


def test_of_several_carriers_none_is_named() -> None:
    assert said(("Lumen", BREAKS), ("Zayo", BREAKS)) == "2 promises break if what is down stays so to 03:35."
    assert said(("Lumen", BREAKS)) == "1 promise breaks if Lumen stays down to 03:35."


def test_a_day_is_told_when_it_is_another() -> None:
    assert promises_headline([("Lumen", BREAKS)], at("04-19 23:00")).text.endswith("down to Apr 20 03:35.")


def test_without_any_of_it_what_is_at_risk_or_unsure() -> None:
    assert said(("Lumen", RISK), ("Lumen", MET)) == "1 promise is at risk."
    assert said(("Lumen", BROKEN), ("Lumen", RISK)).startswith("1 promise is broken; 1 more is at risk. Credits")
    assert said(("Lumen", UNSURE), ("Lumen", UNSURE)) == "Unknown time decides 2 promises."
    assert said(("Lumen", RISK), ("Lumen", UNSURE)) == "1 promise is at risk. Unknown time decides 1 more."
    assert promises_headline([("Lumen", UNSURE)], at(NOW)).severity == Severity.UNKNOWN


def test_all_is_well_or_there_is_nothing_to_say() -> None:
    assert said(("Lumen", MET), ("Zayo", MET)) == "All 2 promises are met."
    assert said(("Lumen", MET)) == "The promise is met."
    assert said() == "No circuit has a promise."
