"""`noctui config show`: every setting, its value, where it came from; old names are told what becomes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noctui.cli import main
from noctui.commands.config import lines
from noctui.config import load
from noctui.predecessors import UNUSED
from noctui.settings import ITEMS, THRESHOLD_NAMES

TOKEN = "sekrit-abcdefgh-a41f"
OLD = """
MIST_API_TOKEN MIST_ORG_ID MIST_HOST MIST_API_HOST MIST_APITOKEN SNF_ACCOUNT SNF_USER SNF_PASSWORD
SNF_DATABASE SNF_SCHEMA SNF_WAREHOUSE SNF_ROLE REDIS_URL REDIS_HOST REDIS_PORT REDIS_HISTORY_TTL REDIS_ENABLED
REDIS_CACHE_TTL REDIS_STALE_THRESHOLD PAGE_LIMIT RATE_LIMIT_DELAY MAX_RETRIES RETRY_DELAY LOG_LEVEL LOG_FILE
DASH_HOST DASH_PORT DASH_DEBUG WORKER_INTERVAL SKIP_ENRICHMENT PARALLEL_WORKERS USE_CACHED_ON_STARTUP
INCREMENTAL_REFRESH STALE_THRESHOLD API_DELAY_MS PORT
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / ".config/noctui"
    folder.mkdir(parents=True)
    for name in [*UNUSED, *THRESHOLD_NAMES, *(n for i in ITEMS for n in (*i.names, *i.opposite))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "NOCTUI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return folder


def row(key: str, text: str) -> list[str]:
    (found,) = [line for line in text.splitlines() if line.startswith(f"{key} ")]
    return [part.strip() for part in found.split("  ") if part.strip()]


def test_each_value_is_shown_with_its_source(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "noctui.toml").write_text("[mist]\nconcurrency = 9\n\n[thresholds]\nloss = [1, 2, 3]\n")
    (home / ".env").write_text("MIST_ORG_ID=abc\n")
    monkeypatch.setenv("UTIL_THRESHOLD_WARN", "60")
    assert main(["config", "show"]) == 0
    said = capsys.readouterr().out
    assert row("mist.concurrency", said)[1:] == ["9", f"{home}/noctui.toml:2"]
    assert row("mist.org_id", said)[1:] == ["abc", f"{home}/.env MIST_ORG_ID"]
    assert row("mist.timeout", said)[1:] == ["30", "default"]
    assert row("thresholds.loss", said)[1:] == ["1 / 2 / 3", f"{home}/noctui.toml:5"]
    assert row("thresholds.utilisation", said)[1:] == ["60 / 80 / 90", "environment UTIL_THRESHOLD_WARN"]
    assert row("thresholds.jitter", said)[1:] == ["10 / 30 / 50", "default"]


def test_every_setting_has_its_line(home: Path) -> None:
    said = "\n".join(lines(load()))
    assert [key for key in (i.key for i in ITEMS) if not row(key, said)] == []


def test_secrets_are_masked(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MIST_API_TOKEN", f"{TOKEN},short")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2@proxy.example:3128")
    for words in (["config", "show"], ["config", "show", "--json"]):
        assert main(words) == 0
        said = capsys.readouterr().out
        assert "…a41f" in json.loads(said)["settings"]["mist.tokens"]["value"] if "--json" in words else "…a41f" in said
        assert not [secret for secret in (TOKEN, "sekrit", "short", "hunter2") if secret in said]


def test_a_name_that_lost_and_one_that_does_nothing_are_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text("WORKER_INTERVAL=300\nSOMETHING=else\nSTALE_THRESHOLD=600\n")
    monkeypatch.setenv("NOCTUI_POLL_SECONDS", "30")
    config = load()
    assert config.settings.poll_seconds == 30
    assert config.beaten == ((f"{home}/.env WORKER_INTERVAL", "environment NOCTUI_POLL_SECONDS"),)
    assert config.unused == (("STALE_THRESHOLD", "a value is stale when it is older than three polls"),)
    assert config.ignored == ("SOMETHING",)
    said = "\n".join(lines(config))
    assert "environment NOCTUI_POLL_SECONDS wins" in said
    assert "STALE_THRESHOLD does nothing here: a value is stale" in said


def test_a_name_that_says_the_contrary_is_turned_round(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIP_ENRICHMENT", "true")
    assert load().settings.enrich is False
    monkeypatch.setenv("NOCTUI_ENRICH", "true")
    assert load().settings.enrich is True
    monkeypatch.delenv("NOCTUI_ENRICH")
    monkeypatch.setenv("SKIP_ENRICHMENT", "false")
    assert load().settings.enrich is True


def test_every_name_of_the_predecessors_is_known(home: Path) -> None:
    """The acceptance list's S0-ENV-01 to 13 and S1-ENV-01 to 11."""
    old = OLD.split()
    known = {name for item in ITEMS for name in (*item.names, *item.opposite)} | set(UNUSED) | set(THRESHOLD_NAMES)
    assert [name for name in old if name not in known] == []
    assert len(THRESHOLD_NAMES) == 12


def test_settings_that_cannot_be_used_end_with_2_and_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "noctui.toml").write_text("[mist]\ntokns = 'x'\n")
    assert main(["config", "show"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"noctui: {home}/noctui.toml:2: no setting mist.tokns; did you mean mist.tokens?\n"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HTTPS_PROXY", "ftp://x", "must be a URL such as"),
        ("MIST_HOST", "two words", "must be a host's name"),
        ("LOG_LEVEL", "LOUD", "must be one of DEBUG, INFO, WARNING, ERROR"),
        ("NOCTUI_LAYOUT", "boss", "must be one of noc, engineering, executive"),
        ("NOCTUI_TIMEOUT", "nan", "must be from 1 to 300"),
        ("NOCTUI_RAW_DAYS", "-1", "must be from 1 to 400"),
        ("NOCTUI_WALL_SECONDS", "0", "must be from 2 to 3600"),
        ("NOCTUI_WALL_HOLD_SECONDS", "for ever", "must be a number"),
    ],
)
def test_values_out_of_range_are_refused_with_the_range(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["config", "show"]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(("word", "level"), [("WARN", "WARNING"), ("error", "ERROR"), ("Critical", "ERROR")])
def test_the_levels_of_other_programs_are_understood(
    home: Path, monkeypatch: pytest.MonkeyPatch, word: str, level: str
) -> None:
    monkeypatch.setenv("LOG_LEVEL", word)
    assert load().settings.log_level == level


def test_the_walls_pages_are_a_list_or_words_between_commas(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "noctui.toml").write_text('[wall]\npages = ["overview", "region  South Central"]\nseconds = 30\n')
    assert load().settings.wall_pages == ("overview", "region South Central")
    assert load().settings.wall_seconds == 30
    monkeypatch.setenv("NOCTUI_WALL_PAGES", "alarms, region West,")
    assert load().settings.wall_pages == ("alarms", "region West")


def test_a_proxy_without_a_scheme_is_an_http_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    assert load().settings.proxy == "http://proxy.example:3128"
