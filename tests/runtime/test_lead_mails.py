"""A leader whose settings change: other mailboxes and carriers count at once, without a restart."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.clock import SystemClock
from noctui.mail_settings import NO_MAIL, SUCCESS, MailboxSettings, MailSettings
from noctui.runtime.lead import Lead
from noctui.runtime.source import Source, SourceError
from noctui.settings import Settings, Thresholds
from tests.stores.made import ORG, START
from tests.stores.notices import written


async def nobody() -> Source:
    raise SourceError("nobody answers")


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not so():
            await asyncio.sleep(0.02)


async def test_a_mailbox_that_is_written_into_the_settings_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noctui.runtime.filing.GRACE", 0.0)  # nobody tells of circuits here
    data, box = tmp_path / "data", tmp_path / "box"
    data.mkdir()
    box.mkdir()
    (box / "1.eml").write_bytes(written(sender="noc@acme.example"))
    os.utime(box / "1.eml", (START, START))
    lead = Lead(data, ORG, nobody, 60.0, SystemClock(), Thresholds(), lambda _: None, introduced=True, mails=NO_MAIL)
    assert await lead.begin()
    try:
        mails = MailSettings(
            (MailboxSettings("noc", "folder", box, seconds=0.05),),
            ({"name": "Acme", "domains": ["acme.example"]},),
        )
        lead.reload(replace(Settings(), mails=mails))
        await until(lambda: (box / SUCCESS / "1.eml").exists())
    finally:
        await lead.end()
