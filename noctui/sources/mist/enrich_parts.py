"""What a site can be asked for itself: its variables, its gateways' own settings, their speed tests. One call each."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeVar

import msgspec

from noctui.sources.mist import facade_device
from noctui.sources.mist.bandwidth import OLDEST_TEST, believed, time_of
from noctui.sources.mist.decode import SearchCodec, decode_object
from noctui.sources.mist.endpoints import Session
from noctui.sources.mist.enrich_kept import Item
from noctui.sources.mist.errors import MistError
from noctui.sources.mist.structs import DeviceConfigRow, Row, SettingRow, SpeedTestRow

DAY = 86400.0
HOLDS = 31 * DAY
"""Seconds that an answer holds."""
REFUSAL_HOLDS = DAY
"""Seconds until something is asked again that Mist refused: no such device, no right to see it."""
TESTS_ASKED = 1000
TESTS_HELD = 10
"""Speed tests of a port that are remembered, beside the newest good one: gateways may test every night."""
R = TypeVar("R", bound=Row)
_TESTS: SearchCodec[SpeedTestRow] = SearchCodec(SpeedTestRow)


class Kind(Enum):
    SETTING = "setting"
    DEVICE = "device"
    TESTS = "tests"


class Part(NamedTuple):
    """One thing to ask. `mac` is of the gateway, "" for what belongs to the site."""

    kind: Kind
    site_id: str
    mac: str = ""

    @property
    def key(self) -> str:
        """What it is kept under: `setting/{site}`, `device/{mac}@{site}`, `tests/{site}`."""
        where = f"{self.mac}@{self.site_id}" if self.mac else self.site_id
        return f"{self.kind.value}/{where}"


class SpeedTests(Row):
    """Speed tests of a site, newest first."""

    rows: list[SpeedTestRow] | None = None


class Told(msgspec.Struct, frozen=True):
    """An answer and when it was asked. Just one of the three is there, none when Mist refused (`refused` says why)."""

    asked_at: float
    holds: float
    setting: SettingRow | None = None
    device: DeviceConfigRow | None = None
    tests: SpeedTests | None = None
    refused: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was ever answered."""
        return self.setting is None and self.device is None and self.tests is None

    def due(self, now: float, after: float = HOLDS) -> bool:
        """Is it time to ask again, when an answer may be `after` seconds old? A clock set back counts as yes."""
        age = now - self.asked_at
        return age >= min(self.holds, after) or age < -3600.0


def parts_of(site_id: str, macs: tuple[str, ...]) -> list[Part]:
    """All there is to ask of a site with these gateways, what matters most first."""
    devices = [Part(Kind.DEVICE, site_id, mac) for mac in macs]
    return [Part(Kind.SETTING, site_id), *devices, Part(Kind.TESTS, site_id)]


async def ask(part: Part, session: Session, now: float) -> Told:
    """One call. Raises a MistError."""
    if part.kind is Kind.SETTING:
        answer = await facade_device.get_setting(session, part.site_id)
        return Told(now, HOLDS, setting=decode_object(answer.body, SettingRow))
    if part.kind is Kind.DEVICE:
        answer = await facade_device.get_device(session, part.site_id, device_id(part.mac))
        return Told(now, HOLDS, device=decode_object(answer.body, DeviceConfigRow))
    start, end = int(now - OLDEST_TEST), int(now) + 1
    answer = await facade_device.search_speed_tests(session, part.site_id, TESTS_ASKED, start, end)
    return Told(now, HOLDS, tests=SpeedTests(newest(_TESTS.decode(answer.body).rows, now)))


def newest(rows: list[SpeedTestRow], now: float) -> list[SpeedTestRow]:
    """What is worth remembering of a site's speed tests, newest first: a few of each port, and its newest good one."""
    held: dict[tuple[str | None, str | None], int] = {}
    good: set[tuple[str | None, str | None]] = set()
    found = []
    for row in sorted(rows, key=time_of, reverse=True):
        port = row.mac, row.port_id
        first_good = port not in good and believed(row, now) is not None
        if held.get(port, 0) < TESTS_HELD or first_good:
            found.append(row)
            held[port] = held.get(port, 0) + 1
        if first_good:
            good.add(port)
    return found


def device_id(mac: str) -> str:
    """Mist's id of a device."""
    return f"00000000-0000-0000-1000-{mac}"


def refusal(now: float, why: str) -> Told:
    return Told(now, REFUSAL_HOLDS, refused=why)


def kept(part: Part, told: Told) -> Item:
    """As it is kept: of an answer only the fields that are used here, so that no password is among them."""
    row = told.setting or told.device or told.tests
    body = msgspec.json.encode(row) if row is not None else msgspec.json.encode({"refused": told.refused})
    return Item(part.key, body, told.asked_at, told.holds)


def unkept(item: Item) -> tuple[Part, Told] | None:
    """The way back; None for what is not ours."""
    word, _, where = item.key.partition("/")
    mac, _, site_id = where.rpartition("@")
    try:
        part = Part(Kind(word), site_id, mac)
        if item.ttl <= REFUSAL_HOLDS:
            return part, refusal(item.asked_at, decode_object(item.body, _Refused).refused or "")
        if part.kind is Kind.SETTING:
            return part, Told(item.asked_at, item.ttl, setting=decode_object(item.body, SettingRow))
        if part.kind is Kind.DEVICE:
            return part, Told(item.asked_at, item.ttl, device=decode_object(item.body, DeviceConfigRow))
        return part, Told(item.asked_at, item.ttl, tests=decode_object(item.body, SpeedTests))
    except (ValueError, MistError):
        return None


class _Refused(Row):
    refused: str | None = None
