"""`[[promise]]` and `[[applies]]`: read strictly; each error names file, line and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from noctui.commands.config import lines
from noctui.config import Config, ConfigError, load
from noctui.model.sla import Band, Claim, Clock, CreditKind, CreditRule, Divisor, Emergency, Hours, Impact
from noctui.promise_settings import Applies
from noctui.reload import merged

GOOD = """[[promise]]
name = "Gold"
uptime = 99.95
interval = "bankersMonth"
zone = "America/New_York"
divisor = "30 days"
prorate = false
minimum_outage = "61s"
merge_gap = 0
notice = "none"
hours = ["fri-mon 22:00-06:00", "00:00-24:00"]
hours_zone = "UTC"
impact = "announced"
emergency = "counts"
excused_at_most = "4h"
clock = "ticket"
claim = "7 business days"

[promise.credits]
kind = "downtime"
upper = true
cap = 50
bands = [
  { from = 0, to = "10m", percent = 0 },
  { from = "10m", percent = "12.5" },
]

[[promise]]
name = "Ring"
uptime = "100"
algorithm = "diversity"
options = { at_once = 3 }

[[applies]]
promise = "Gold"
carrier = "Lumen"
role = "primary"
store_type = "kiosk"
since = 2026-01-01
until = "2026-12-31"

[[applies]]
promise = "Ring"
group = "ring 7"
"""


def read(home: Path, text: str) -> Config:
    folder = home / ".config/noctui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "noctui.toml").write_text(text)
    return load({}, {"HOME": str(home)})


def test_all_of_it_is_read(tmp_path: Path) -> None:
    said = read(tmp_path, GOOD).settings.promises
    gold, ring = said.promises["Gold"], said.promises["Ring"]
    assert (gold.uptime, gold.interval, gold.zone, gold.prorate) == ("99.95", "bankersMonth", "America/New_York", False)
    assert (gold.divisor, gold.minimum_outage, gold.merge_gap, gold.notice) == (Divisor.THIRTY_DAYS, 61, 0, None)
    assert gold.hours == (Hours(1320, 360, (0, 4, 5, 6)), Hours(0, 1440))
    assert (gold.hours_zone, gold.impact, gold.emergency) == ("UTC", Impact.ANNOUNCED, Emergency.COUNTS)
    assert (gold.excused_at_most, gold.clock, gold.claim) == (14_400, Clock.TICKET, Claim(7, business=True))
    bands = (Band("0", "600", "0"), Band("600", None, "12.5"))
    assert gold.credits == CreditRule(kind=CreditKind.DOWNTIME, bands=bands, upper=True, cap="50")
    assert (ring.uptime, ring.algorithm, ring.options) == ("100", "diversity", {"at_once": "3"})
    assert said.applies == (
        Applies("Gold", "Lumen", role="primary", store_type="kiosk", since=date(2026, 1, 1), until=date(2026, 12, 31)),
        Applies("Ring", group="ring 7"),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("notice =", "notise =", 10, "no setting promise.notise; did you mean notice?"),
        ("uptime = 99.95", "uptime = 101", 3, "promise Gold: uptime '101' is no percentage"),
        ("uptime = 99.95\n", "", 1, "promise: a promise needs an uptime"),
        ("uptime = 99.95", 'uptime = "1e999999"', 3, "is no percentage"),
        ('"bankersMonth"', '"fortnight"', 4, "interval 'fortnight' is not known"),
        ("America/New_York", "America/../etc", 5, "zone 'America/../etc' is not known"),
        ('"30 days"', '"31 days"', 6, "promise.divisor must be one of period, 30 days, without windows"),
        ('"61s"', '"0.5s"', 8, "promise.minimum_outage must be whole seconds"),
        ("fri-mon 22:00", "fri-moon 22:00", 11, "has 'fri-moon 22:00-06:00', which are no hours"),
        ("7 business days", "soon", 17, "promise.claim must be a time such as"),
        ("cap = 50", "cup = 50", 22, "promise.credits.cup is no setting; did you mean cap?"),
        ("cap = 50", 'cap = "half"', 19, "promise Gold: 'half' is no number"),
        ('from = "10m", percent', 'from = "11m", percent', 19, "the bands leave a gap between 600 and 660"),
        ('from = "10m", percent', 'from = "9m", percent', 19, "overlap"),
        ('to = "10m"', 'too = "10m"', 23, "promise.credits.bands needs bands such as"),
        ('kind = "downtime"\n', "", 19, "promise.credits needs a kind"),
        ("at_once = 3", "at_once = 1", 32, "option at_once of algorithm diversity is '1'"),
        ('"diversity"', '"diversion"', 31, "algorithm 'diversion' is not known"),
        ('name = "Ring"', 'name = "Gold"', 29, "two promises are called 'Gold'"),
        ('promise = "Ring"', 'promise = "Rong"', 43, "no promise 'Rong'; did you mean Ring?"),
        ('group = "ring 7"', "", 42, "applies: say to whom"),
        ('group = "ring 7"', 'group = "ring 7"\ncarrier = "Lumen"', 44, "nothing else may be said"),
        ('role = "primary"', 'role = "first"', 37, "applies.role must be one of primary, secondary, backup"),
        ('until = "2026-12-31"', "until = 2025-01-01", 40, "applies.until is before applies.since"),
        ("since = 2026-01-01", "since = 2026-01-01T00:00:00", 39, "applies.since must be a day such as"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, GOOD.replace(old, new, 1))
    text = str(raised.value)
    assert says in text
    assert f"noctui.toml:{line}: " in text
    assert "\n" not in text


@pytest.mark.parametrize(
    "text", ["promise = 1", "[promise]\nname = 'x'", "applies = ['x']", "[[promise]]\ncredits = 1"]
)
def test_other_shapes_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"noctui\.toml:[12]: "):
        read(tmp_path, text)


def test_they_are_shown_and_wait_for_a_restart(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    told = "\n".join(lines(config))
    assert "99.95 % of bankersMonth" in told
    assert "notice none" in told
    assert "claim within 7 business days" in told
    assert "Gold: carrier Lumen, role primary, store_type kiosk, since 2026-01-01, until 2026-12-31" in told
    assert merged(read(tmp_path, "").settings, config.settings).text == "After a restart: promises."
