"""`data.raw_days` and `data.path_days` reach the history that is written."""

from __future__ import annotations

from pathlib import Path

from noctui.clock import SystemClock
from noctui.runtime.lead import Lead
from noctui.runtime.source import Source, SourceError
from noctui.settings import Thresholds
from noctui.stores.history import kept_for


async def no_source() -> Source:
    raise SourceError("none here")


async def test_the_days_of_the_settings_are_the_writers(tmp_path: Path) -> None:
    clock = SystemClock()
    lead = Lead(tmp_path, "org-1", no_source, 60.0, clock, Thresholds(), lambda _: None, days=(3.0, 2.0))
    assert await lead.begin()
    try:
        assert lead._writer is not None
        assert lead._writer.retention == kept_for(3.0, 2.0)
    finally:
        await lead.end()


def test_instants_are_kept_no_longer_than_samples() -> None:
    assert kept_for(3.0, 2.0).instants == 3.0
    assert kept_for(400.0, 7.0).instants == 40.0
