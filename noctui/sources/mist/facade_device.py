"""mistapi's endpoint functions for what one site and its devices set for themselves, under our own signatures."""

from __future__ import annotations

from noctui.sources.mist.endpoints import Session, answer_of, endpoints
from noctui.sources.mist.session import Answer

_devices, _setting, _tests = endpoints("sites.devices", "sites.setting", "sites.synthetic_test")


async def get_device(session: Session, site_id: str, device_id: str) -> Answer:
    return await answer_of(_devices.getSiteDevice(session, site_id, device_id))


async def get_setting(session: Session, site_id: str) -> Answer:
    return await answer_of(_setting.getSiteSetting(session, site_id))


async def search_speed_tests(session: Session, site_id: str, limit: int, start: int, end: int) -> Answer:
    """`start` and `end` are UTC epoch seconds."""
    call = _tests.searchSiteSyntheticTest(
        session, site_id, type="speedtest", limit=limit, start=str(start), end=str(end)
    )
    return await answer_of(call)
