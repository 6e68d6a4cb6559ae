"""`[alarms]`, `[[notify]]` and `[roles]`: read strictly; each error names file, line and key, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.config import Config, ConfigError, load

GOOD = """
[roles]
viewer = ["@stores"]
operator = ["@noc", "jmo"]
admin = "root"

[alarms]
least = "high"
hold_down = "10m"
ack_to_mist = true
bell = "down"
osc = 777

[alarms.confirm]
latency = "2m"

[alarms.damping]
suppress = 6000

[alarms.runbook]
down = "call the carrier; https://wiki.example/down"

[[notify]]
name = "noc chat"
url = "slack://${SLACK_TOKEN}/#noc-wan"
severity = "high"

[[notify]]
name = "boss"
url = "mailto://noc.example?to=boss@noc.example"
after = "30m"
hours = "Mon-Fri 07:00-19:00"
regions = ["Mountain"]
"""


def read(home: Path, text: str, **env: str) -> Config:
    folder = home / ".config/noctui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "noctui.toml").write_text(text)
    return load({}, {"HOME": str(home)} | env)


def test_all_of_it_is_read(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD, SLACK_TOKEN="T1/B2/s3cret").settings
    alarms, roles = settings.alarms, settings.roles
    assert (roles.viewer, roles.operator, roles.admin) == (("@stores",), ("@noc", "jmo"), ("root",))
    assert (alarms.least, alarms.hold_down, alarms.ack_to_mist, alarms.bell, alarms.osc) == (
        "high", 600.0, True, "down", "777",
    )  # fmt: skip
    assert alarms.confirm == {"latency": 120.0}
    assert (alarms.damping.suppress, alarms.damping.reuse) == (6000.0, 750.0)
    chat, boss = alarms.notify
    assert (chat.url, chat.severity, chat.after) == ("slack://T1/B2/s3cret/#noc-wan", "high", 0.0)
    assert (boss.after, boss.hours, boss.regions) == (1800.0, "mon-fri 07:00-19:00", ("Mountain",))


def test_a_url_is_in_no_text_of_the_settings(tmp_path: Path) -> None:
    assert "s3cret" not in repr(read(tmp_path, GOOD, SLACK_TOKEN="T1/B2/s3cret").settings)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("alarms = 5", 1, "alarms must be a table"),
        ("[alarms]\nleest = 'warn'", 2, "no setting alarms.leest; there are least, confirm"),
        ("[alarms]\n\nleast = 'loud'", 3, "alarms.least must be one of warn, high, critical, away, down"),
        ("[alarms]\nhold_down = '5 minutes'", 2, 'alarms.hold_down must be a time such as 90, "15m"'),
        ("[alarms]\nhold_down = nan", 2, "alarms.hold_down must be a time"),
        ("[alarms]\nack_longest = '90d'", 2, "alarms.ack_longest must be from 60 to"),
        ("[alarms]\nincident_least = 1", 2, "alarms.incident_least must be from 2"),
        ("[alarms.damping]\nreuse = 9000", 1, "alarms.damping needs reuse below suppress"),
        ("[alarms]\nosc = 8", 2, "alarms.osc must be one of off, 9, 777"),
        ("[alarms]\nrunbook = 'x'", 2, "alarms.runbook must be a table by type"),
        ("notify = 'x'", 1, "notify must be written with two brackets"),
        ("[[notify]]\nurl = 'json://x'", 1, "a rule needs a name"),
        ("[[notify]]\nname = 'a'", 1, "a rule needs a url"),
        ("[[notify]]\nname='a'\nurl='json://x'\n[[notify]]\nname='a'\nurl='json://y'", 5, "two rules are called 'a'"),
        ("[[notify]]\nname='a'\nurl='json://${NO_SUCH}/x'", 3, "names ${NO_SUCH}, which is not set"),
        ("[[notify]]\nname='a'\nurl='json://x'\nhours='7 to 9'", 4, "notify.hours must be hours such as"),
        ("[[notify]]\nname='a'\nurl='json://x'\n\nper_hour=0", 5, "notify.per_hour must be from 1 to 3600"),
        ("[roles]\noperator = [5]", 2, "roles.operator must be a text or a list of texts"),
        ("[roles]\nboss = ['x']", 2, "no setting roles.boss; there are viewer, operator, admin"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(text: str, line: int, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text)
    said = str(refused.value)
    assert says in said
    assert f"noctui.toml:{line}: " in said
    assert "\n" not in said


def test_an_error_beside_a_secret_does_not_quote_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, "[[notify]]\nname='a'\nurl='json://u:s3cret@x'\nseverity='s'")
    assert "s3cret" not in str(refused.value)
