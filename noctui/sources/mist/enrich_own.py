"""What sites and devices set for themselves, as far as it was asked, and what follows: memory, no calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from noctui.sources.mist.bandwidth import Measured, believed, time_of
from noctui.sources.mist.config import Config, configs, settled
from noctui.sources.mist.enrich_parts import Kind, Part, Told, parts_of
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.statics import Statics
from noctui.sources.mist.structs import DeviceConfigRow, SpeedTestRow, TemplateRow
from noctui.sources.mist.text import clean

NO_TESTS: Mapping[str, Measured] = {}


class Owns:
    """Answers by part, and each gateway's configuration as it results from template, variables and device."""

    def __init__(self) -> None:
        self.told: dict[Part, Told] = {}
        self.statics = Statics()
        self._recalled: dict[str, dict[str, Config]] = {}
        self.now = 0.0  # UTC epoch seconds, as of the latest sweep
        self._configs: dict[str, tuple[str, str, Config]] = {}
        self._tests: dict[str, list[SpeedTestRow]] = {}
        self._tested: dict[str, tuple[int, dict[str, dict[str, Measured]]]] = {}

    def learn(self, statics: Statics) -> None:
        """Templates anew. As long as none came, those of an earlier run stand in."""
        templates = statics.templates or self._recalled.get("templates", {})
        profiles = statics.profiles or self._recalled.get("profiles", {})
        self.statics = replace(statics, templates=templates, profiles=profiles)
        self._configs.clear()

    def recall(self, what: str, rows: Iterable[TemplateRow]) -> None:
        """`templates` or `profiles` of an earlier run."""
        self._recalled[what] = configs(rows, {"profiles": "device profile"}.get(what, "template"))
        self.learn(self.statics)

    def put(self, part: Part, told: Told) -> None:
        """An answer. A refusal does not wipe out what was answered before."""
        before = self.told.get(part)
        if told.refused and before is not None and not before.refused:
            told = Told(told.asked_at, told.holds, before.setting, before.device, before.tests, told.refused)
        self.told[part] = told
        if part.kind is Kind.TESTS:
            self._tests.pop(part.site_id, None)
            self._tested.pop(part.site_id, None)
        elif part.kind is Kind.DEVICE:
            self._configs.pop(part.mac, None)
        else:
            for mac in [m for m, (site_id, _, _) in self._configs.items() if site_id == part.site_id]:
                del self._configs[mac]

    def config(self, mac: str, site_id: str, profile_id: str) -> Config:
        """A gateway's configuration; the same object as long as nothing in it changes."""
        found = self._configs.get(mac)
        if found is None or found[0] != site_id or found[1] != profile_id:
            base = self.statics.config(site_id, profile_id)
            device = self.device(mac, site_id)
            made = settled(base, self.variables(mac, site_id), device)
            found = self._configs[mac] = (site_id, profile_id, made)
        return found[2]

    def device(self, mac: str, site_id: str) -> DeviceConfigRow | None:
        told = self.told.get(Part(Kind.DEVICE, site_id, mac))
        return told.device if told else None

    def variables(self, mac: str, site_id: str) -> dict[str, str]:
        """The site's variables, the device's own over them."""
        site, device = self.told.get(Part(Kind.SETTING, site_id)), self.device(mac, site_id)
        pairs = {
            **((site.setting.vars or {}) if site and site.setting else {}),
            **((device.vars or {}) if device else {}),
        }
        return {name: _text(value) for name, value in pairs.items()}

    def tests(self, site_id: str) -> list[SpeedTestRow]:
        """Every speed test of a site that Mist told of, newest first."""
        rows = self._tests.get(site_id)
        if rows is None:
            told = self.told.get(Part(Kind.TESTS, site_id))
            found = (told.tests.rows or []) if told and told.tests else []
            rows = self._tests[site_id] = sorted(found, key=time_of, reverse=True)
        return rows

    def tested(self, mac: str, site_id: str) -> Mapping[str, Measured]:
        """Port, as the tests call it → its newest test that may be believed now. Worked out once an hour."""
        rows = self.tests(site_id)
        if not rows:
            return NO_TESTS
        hour = int(self.now // 3600)
        held = self._tested.get(site_id)
        if held is None or held[0] != hour:
            by_gateway: dict[str, dict[str, Measured]] = {}
            for row in rows:
                found, port = by_gateway.setdefault(as_mac(row.mac), {}), clean(row.port_id)
                if port and port not in found and (good := believed(row, self.now)):
                    found[port] = good
            held = self._tested[site_id] = (hour, by_gateway)
        return held[1].get(mac, NO_TESTS)

    def site_asked_at(self, site_id: str, macs: tuple[str, ...]) -> float:
        """When the oldest of a site's answers was asked; 0 while one is missing."""
        return min((self.told[p].asked_at if p in self.told else 0.0 for p in parts_of(site_id, macs)), default=0.0)


def _text(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)
