"""Settings changed while noctui runs, and what its log holds, in a real terminal over a real (simulated) cloud."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.whole.terminal import ROOT, Terminal

TOKEN = "whole-token-0123456789-5e1f"


@pytest.fixture
def cloud() -> Iterator[str]:
    """A simulated cloud of its own process; its URL."""
    words = ["sim", "mist", "--sites", "12", "--report-seconds", "2", "--token", TOKEN, "--until-eof"]
    child = subprocess.Popen(
        [sys.executable, "-m", "noctui", *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    yield child.stdout.readline().split()[0]
    child.stdin.close()
    child.stdout.close()
    assert child.wait(10) == 0


@pytest.fixture
def toml(tmp_path: Path, cloud: str) -> Path:
    file = tmp_path / ".config/noctui/noctui.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'[mist]\nhost = "{cloud}"\ninsecure_host = true\n[collect]\npoll_seconds = 2\n')
    return file


def rewrite(file: Path, text: str) -> None:
    """As an editor does: another file, moved into its place."""
    new = file.with_suffix(".new")
    new.write_text(text)
    before = file.stat().st_mtime_ns
    os.utime(new, ns=(before + 2_000_000_000, before + 2_000_000_000))
    new.replace(file)


def test_a_changed_file_counts_at_once_and_a_broken_one_changes_nothing(tmp_path: Path, toml: Path) -> None:
    screen = Terminal([], tmp_path, env={"MIST_API_TOKEN": TOKEN})
    try:
        screen.wait_for(r"live \d+s +leader")
        good = toml.read_text()
        rewrite(toml, good + "[thresholds]\nlatency = [1, 2, 3]\n")
        screen.wait_for(r"Settings taken over: thresholds")
        screen.wait_for(r"▲ [1-9]\d* critical")  # no line here is quicker than 3 ms
        rewrite(toml, good + "[thresholds]\nlatncy = [1, 2, 3]\n")
        screen.wait_for(r"Settings stay as they were: .*no threshold latncy")
        rewrite(toml, good.replace("= 2\n", "= 3\n"))
        screen.wait_for(r"Settings taken over: .*poll_seconds")
        screen.type("q")
        assert screen.wait() == 0
    finally:
        screen.close()


def test_the_log_tells_start_polls_and_end_and_never_a_secret(tmp_path: Path, toml: Path, cloud: str) -> None:
    screen = Terminal([], tmp_path, env={"MIST_API_TOKEN": f"{TOKEN},refused-secret-77"})
    try:
        screen.wait_for(r"live \d+s +leader")
        screen.type("q")
        assert screen.wait() == 0
    finally:
        screen.close()
    (file,) = (tmp_path / ".local/share/noctui").glob("noctui.log")
    text = file.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    events = [line["event"] for line in lines]
    assert events[0] == "startup"
    assert events[-1] == "shutdown"
    (first, *_) = [line for line in lines if line["event"] == "poll.run"]
    assert {"fetch_ms", "apply_ms", "cycle_ms", "status", "retry", "seq", "calls"} <= set(first)
    assert first["cycle_ms"] >= first["fetch_ms"] > 0
    assert any(line["event"] == "mist.token_refused" and line["level"] == "WARNING" for line in lines)
    for secret in (TOKEN, "refused-secret-77"):
        assert secret not in text
