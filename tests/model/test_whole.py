"""When a sweep may be called whole."""

from __future__ import annotations

import pytest

from noctui.model.batch import TOO_ODD, Discovery, FeedReport, Sweep


def sweep(report: FeedReport) -> Sweep:
    return Sweep(0.0, 1.0, Discovery("org", "", (), (), (), ()), None, None, None, reports=(report,))


@pytest.mark.parametrize(
    ("report", "whole"),
    [
        (FeedReport("circuits", rows=6000, pages=6), True),
        (FeedReport("circuits", rows=5000, pages=5, pages_lost=1), False),
        (FeedReport("circuits", rows=5000, pages=5, error="the cursor broke"), False),
        (FeedReport("circuits", rows=6000, pages=6, odd=599), True),  # a few broken gateways are those gateways' matter
        (FeedReport("circuits", rows=6000, pages=6, odd=600), False),  # a page of nonsense
        (FeedReport("circuits", rows=12, pages=1, odd=TOO_ODD - 1), True),
        (FeedReport("circuits", rows=12, pages=1, odd=TOO_ODD), False),
    ],
)
def test_a_sweep_is_whole_when_every_page_came_and_spoke_sense(report: FeedReport, whole: bool) -> None:
    assert sweep(report).whole is whole
