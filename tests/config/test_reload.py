"""Settings read anew while noctui runs: what is safe counts at once, the rest is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from noctui.config import load
from noctui.model.words import Metric
from noctui.reload import Reloader


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    file = tmp_path / "noctui.toml"
    file.write_text("[mist]\nhost = 'api.eu.mist.com'\n")
    return file


def reloader(toml: Path) -> Reloader:
    def again() -> object:
        return load({}, {"HOME": str(toml.parent)}, config_file=toml)

    return Reloader(load({}, {"HOME": str(toml.parent)}, config_file=toml), again)  # type: ignore[arg-type]


def write(toml: Path, text: str) -> None:
    before = toml.stat().st_mtime_ns
    toml.write_text(text)
    os.utime(toml, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_nothing_changed_nothing_said(toml: Path) -> None:
    one = reloader(toml)
    assert one.look() is None
    write(toml, toml.read_text() + "\n# a remark\n")
    assert one.look() is None


def test_thresholds_and_the_period_count_at_once(toml: Path) -> None:
    one = reloader(toml)
    write(toml, toml.read_text() + "[collect]\npoll_seconds = 30\n[thresholds]\nloss = [1, 2, 3]\n")
    found = one.look()
    assert found is not None
    assert found.settings.poll_seconds == 30
    assert found.settings.thresholds.default[Metric.LOSS] == (1, 2, 3)
    assert found.text == "Settings taken over: collect.poll_seconds, thresholds."
    assert one.look() is None


def test_what_needs_a_restart_is_said_and_left(toml: Path) -> None:
    one = reloader(toml)
    write(toml, "[mist]\nhost = 'api.mist.com'\n[log]\nlevel = 'DEBUG'\n")
    found = one.look()
    assert found is not None
    assert (found.settings.host, found.settings.log_level) == ("api.eu.mist.com", "DEBUG")
    assert found.text == "Settings taken over: log.level. After a restart: mist.host."


def test_a_broken_file_changes_nothing_and_is_said_with_its_line(toml: Path) -> None:
    one = reloader(toml)
    write(toml, "[mist]\nhots = 'x'\n")
    found = one.look()
    assert found is not None
    assert found.settings.host == "api.eu.mist.com"
    assert found.text.startswith("Settings stay as they were: ")
    assert "noctui.toml:2: no setting mist.hots" in found.text
    write(toml, "[mist]\nhost = 'api.eu.mist.com'\nconcurrency = 6\n")
    mended = one.look()
    assert mended is not None
    assert mended.waiting == ("mist.concurrency",)


def test_a_file_that_goes_away_is_the_defaults_again(toml: Path) -> None:
    one = reloader(toml)
    write(toml, "[mist]\nhost = 'api.eu.mist.com'\n[collect]\npoll_seconds = 30\n")
    assert one.look() is not None
    toml.unlink()
    found = one.look()
    assert found is not None
    assert found.error  # a file that was named must be there
