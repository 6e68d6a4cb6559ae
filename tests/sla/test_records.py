"""Records go through JSON and come back the same: that is how they are kept."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from noctui.model.sla import Band, Claim, CreditKind, CreditRule, Hours, Planned, Promise, Service
from noctui.model.verdicts import Verdict
from tests.sla.scenes import PROMISE, SERVICE, line, score, work

FULL = replace(
    PROMISE,
    hours=(Hours(0, 720),),
    credits=CreditRule(kind=CreditKind.DOWNTIME, bands=(Band("0", "300", "0"), Band("300", None, "10"))),
    claim=Claim(7, business=True),
    options={"at_once": "2"},
)


def test_a_verdict_with_all_it_has() -> None:
    edges = line([("04-10 06:00", "04-10 06:30"), ("04-12 06:00", None)], unknown=[("04-05 00:00", "04-05 01:00")])
    verdict = score(edges, work(("04-10 06:00", "04-10 10:00")), promise=FULL, now="04-12 06:20")
    assert verdict.credit is not None
    assert verdict.breaks_at is not None
    again = msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict)
    assert again == verdict
    assert (again.left, again.achieved, again.burn) == (verdict.left, verdict.achieved, verdict.burn)


def test_promises_services_and_works() -> None:
    assert msgspec.json.decode(msgspec.json.encode(FULL), type=Promise) == FULL
    assert msgspec.json.decode(msgspec.json.encode(SERVICE), type=Service) == SERVICE
    notice = work(("04-10 06:00", "04-10 10:00"), impact=60)
    assert msgspec.json.decode(msgspec.json.encode(notice), type=Planned) == notice
