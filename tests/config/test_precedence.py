"""Flags beat the environment, that beats .env, that beats noctui.toml, that beats the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.cli import fitting_theme
from noctui.config import ConfigError, load
from noctui.model.words import Metric
from noctui.settings import ITEMS


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".config/noctui").mkdir(parents=True)
    return tmp_path


def write(home: Path, toml: str = "", dotenv: str = "") -> dict[str, str]:
    folder = home / ".config/noctui"
    (folder / "noctui.toml").write_text(toml)
    (folder / ".env").write_text(dotenv)
    (folder / ".env").chmod(0o600)
    return {"HOME": str(home)}


def test_each_source_beats_the_ones_below_it(home: Path) -> None:
    env = write(home, '[mist]\nhost = "toml.example"\n', "MIST_HOST=dotenv.example\n")
    assert load({"host": "flag.example"}, env | {"MIST_HOST": "env.example"}).settings.host == "flag.example"
    assert load({}, env | {"MIST_HOST": "env.example"}).settings.host == "env.example"
    assert load({}, env).settings.host == "dotenv.example"
    env = write(home, '[mist]\nhost = "toml.example"\n')
    config = load({}, env)
    assert config.settings.host == "toml.example"
    assert config.source_of["host"].endswith("noctui.toml:2")
    assert load({}, {"HOME": str(home / "nobody")}).settings.host == "api.mist.com"


def test_the_newer_name_wins_over_the_predecessors_one(home: Path) -> None:
    env = write(home) | {"MIST_APITOKEN": "old", "MIST_API_TOKEN": "one, two", "WORKER_INTERVAL": "300"}
    config = load({}, env)
    assert config.settings.tokens == ("one", "two")
    assert config.settings.poll_seconds == 300
    assert config.source_of["poll_seconds"] == "environment WORKER_INTERVAL"


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[mist]\nhots = 'x'\n", "noctui.toml:2: no setting mist.hots; did you mean mist.host?"),
        ("[collect]\npoll_seconds = 0\n", "noctui.toml:2: collect.poll_seconds '0' must be from 1 to 3600"),
        ("[collect\n", "line 1"),
        ("[thresholds]\nloss = [1, 0.5, 2]\n", "thresholds.loss must be three rising numbers"),
        ("[thresholds]\nlos = [1, 2, 3]\n", "no threshold los; did you mean loss?"),
    ],
)
def test_a_bad_file_is_one_line_with_file_line_and_cure(home: Path, toml: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        load({}, write(home, toml))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_noctui_name_in_the_environment_is_an_error(home: Path) -> None:
    with pytest.raises(ConfigError, match="NOCTUI_THEM: no such setting; did you mean NOCTUI_THEME"):
        load({}, write(home) | {"NOCTUI_THEM": "light"})


def test_unknown_names_in_dotenv_are_listed_and_ignored(home: Path) -> None:
    assert load({}, write(home, dotenv="GREETING=hello\n")).ignored == ("GREETING",)


def test_a_secret_is_never_in_an_error_or_a_repr(home: Path) -> None:
    config = load({}, write(home) | {"MIST_API_TOKEN": "s3cret"})
    assert "s3cret" not in repr(config)


def test_a_readable_env_file_with_a_token_is_warned_about(home: Path) -> None:
    env = write(home, dotenv="MIST_API_TOKEN=s3cret\n")
    (home / ".config/noctui/.env").chmod(0o644)
    (warning,) = load({}, env).warnings
    assert "chmod 600" in warning
    assert "s3cret" not in warning


def test_thresholds_by_store_type_beat_those_by_region(home: Path) -> None:
    env = write(
        home,
        "[thresholds]\nlatency = [60, 120, 180]\n"
        "[thresholds.region.West]\nlatency = [80, 140, 200]\nloss = [1, 2, 3]\n"
        "[thresholds.store_type.kiosk]\nlatency = [300, 400, 500]\n",
    )
    thresholds = load({}, env | {"UTIL_THRESHOLD_WARN": "60"}).settings.thresholds
    assert thresholds.at("", "East")[Metric.LATENCY] == (60, 120, 180)
    assert thresholds.at("", "West")[Metric.LATENCY] == (80, 140, 200)
    assert thresholds.at("kiosk", "West")[Metric.LATENCY] == (300, 400, 500)
    assert thresholds.at("kiosk", "West")[Metric.LOSS] == (1, 2, 3)
    assert thresholds.at("", "")[Metric.UTILISATION] == (60, 80, 90)


def test_every_name_in_the_example_file_is_known() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    known = {n for item in ITEMS for n in item.names}
    for line in example.read_text().splitlines():
        name = line.lstrip("#").partition("=")[0]
        if "=" in line and " " not in name:
            assert name in known or "_THRESHOLD_" in name, name


def test_the_sample_file_is_a_valid_one(home: Path) -> None:
    sample = Path(__file__).parents[2] / "sample_data/noctui.toml"
    settings = load({}, {"HOME": str(home)}, config_file=sample).settings
    assert settings.thresholds.at("kiosk", "West")[Metric.UTILISATION] == (80, 90, 95)


@pytest.mark.parametrize(
    ("env", "theme"),
    [
        ({"TERM": "xterm-256color"}, "dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "dark"),
        ({"TERM": "xterm-16color"}, "ansi"),
        ({"TERM": "linux"}, "ansi"),
        ({}, "ansi"),
    ],
)
def test_a_terminal_with_16_colours_gets_the_ansi_theme_by_itself(env: dict[str, str], theme: str) -> None:
    assert fitting_theme(env) == theme
