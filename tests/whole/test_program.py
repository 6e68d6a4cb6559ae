"""The whole program as a person runs it: the demo in a real terminal, from the first paint to quitting."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from noctui import __version__
from tests.whole.ended import still_running
from tests.whole.terminal import ROOT, Terminal


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def demo(terminals: list[Terminal], home: Path, columns: int = 120, rows: int = 40) -> Terminal:
    terminal = Terminal(["--demo", "--days", "1", "--sites", "24"], home, columns, rows)
    terminals.append(terminal)
    return terminal


def test_from_the_overview_to_one_circuits_chart_in_five_keys_and_out(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    screen = demo(terminals, tmp_path)
    screen.wait_for(r"live \d+s")
    children = psutil.Process(screen.pid).children(recursive=True)
    assert children, "the simulated cloud is a process of its own"
    screen.type("\r")
    screen.wait_for(r"by state, then site")
    screen.type("\r")
    screen.wait_for(r"peer paths")
    screen.type("\x1b[C")
    screen.type("\r")
    screen.wait_for(r"24 h ─.*m metric, w window")
    screen.wait_for(r"time above")
    screen.type("q")
    assert screen.wait() == 0
    assert not still_running(children, 5), "no orphan is left"


def test_a_second_screen_follows_and_leads_after_the_first_is_killed(terminals: list[Terminal], tmp_path: Path) -> None:
    first = demo(terminals, tmp_path)
    first.wait_for(r"live \d+s +leader")
    second = demo(terminals, tmp_path)
    second.wait_for(r"follows ")
    first.kill(signal.SIGKILL)
    second.wait_for(r"leader", seconds=10)


def test_a_line_that_is_lost_without_a_signal_leaves_nothing_behind(terminals: list[Terminal], tmp_path: Path) -> None:
    """`su -c noctui` over SSH: nobody tells it that the terminal is gone."""
    screen = Terminal(["--demo", "--days", "1", "--sites", "24"], tmp_path, deaf=True)
    screen.wait_for(r"live \d+s")
    ours = psutil.Process(screen.pid)
    theirs = [ours, *ours.children(recursive=True)]
    os.close(screen.fd)
    assert not still_running(theirs, 10)


def run(*args: str, home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("NOCTUI_", "MIST_", "XDG_"))}
    variables |= {"HOME": str(home), "PYTHONPATH": str(ROOT)} | env
    return subprocess.run(
        [sys.executable, "-m", "noctui", *args], capture_output=True, text=True, env=variables, timeout=30, check=False
    )


def test_version_and_help_tell_and_exit_0(tmp_path: Path) -> None:
    assert run("--version", home=tmp_path).stdout.strip() == f"noctui {__version__}"
    told = run("--help", home=tmp_path)
    assert told.returncode == 0
    assert "--demo" in told.stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--nonsense",), "unrecognized arguments: --nonsense"),
        (("--demo", "--sites", "0"), "must be a whole number from 1 to 50000"),
        (("--poll-seconds", "abc"), "collect.poll_seconds 'abc' must be a number"),
        (("--env-file", "nowhere.env"), "nowhere.env: no such file"),
        (("--config", "nowhere.toml"), "nowhere.toml: cannot be read: No such file or directory"),
        ((), "the screen needs a terminal"),
    ],
)
def test_what_is_asked_wrongly_is_one_clear_line_and_exit_2(args: tuple[str, ...], says: str, tmp_path: Path) -> None:
    told = run(*args, home=tmp_path)
    assert told.returncode == 2
    assert says in told.stderr
    assert "Traceback" not in told.stderr


def test_without_a_standard_output_it_says_so(tmp_path: Path) -> None:
    closed = f"exec {shlex.quote(sys.executable)} -m noctui --demo >&-"
    env = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    told = subprocess.run(["sh", "-c", closed], stderr=subprocess.PIPE, text=True, env=env, timeout=30, check=False)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "the screen needs a terminal" in told.stderr


def test_a_theme_that_is_none_is_said_and_harmless(terminals: list[Terminal], tmp_path: Path) -> None:
    screen = Terminal(["--demo", "--days", "1", "--sites", "12", "--theme", "drak\x1b[31m"], tmp_path, 160)
    terminals.append(screen)
    screen.wait_for(r"no theme drak·\[31m, dark instead; there are: .*light")


@pytest.mark.parametrize("data", ["/", "."])
def test_the_demo_finds_a_folder_beside_any(data: str, tmp_path: Path) -> None:
    from noctui.settings import Settings
    from noctui.sim.demo import Demo

    assert Demo(Settings(data=Path(data)), 12).settings.data.name.endswith("-demo")


def test_a_data_folder_that_cannot_be_is_one_line(terminals: list[Terminal], tmp_path: Path) -> None:
    (tmp_path / "d-demo").write_text("")
    screen = Terminal(["--demo", "--data", str(tmp_path / "d")], tmp_path, 160)
    terminals.append(screen)
    assert screen.wait() == 1
    assert screen.text.strip().count("\n") == 0
    assert "d-demo cannot be made: File exists; see --data" in screen.text
