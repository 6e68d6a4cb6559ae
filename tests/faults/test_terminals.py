"""Terminals that are tiny, dumb, resized all the time, redirected or left alone, in a real pty: no traceback, no
orphan, no lost setting.

SIGHUP, SIGTERM, SIGQUIT, kill -9 of either process and a stopped screen are in `tests/whole/test_process.py`, closed
streams in `tests/whole/test_program.py`.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from noctui.sim.mist.server import MistServer
from tests.faults.cloud import small_cloud, watching
from tests.whole.ended import still_running
from tests.whole.terminal import Terminal
from tests.whole.test_process import children, log


@pytest.fixture(scope="module")
def cloud() -> Iterator[MistServer]:
    with small_cloud() as server:
        yield server


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def ends_well(screen: Terminal, home: Path) -> None:
    """`q` ends it, with nothing left behind and nothing said."""
    theirs = children(screen)
    screen.type("q")
    assert screen.wait() == 0
    assert not still_running(theirs, 3)
    assert "Traceback" not in screen.raw.decode(errors="replace") + log(home)


def state(pid: int) -> str:
    return str(psutil.Process(pid).status())


def test_in_20_by_5_it_says_the_worst_and_after_a_storm_of_sizes_everything(
    terminals: list[Terminal], cloud: MistServer, tmp_path: Path
) -> None:
    screen = watching(cloud, tmp_path, 20, 5)
    terminals.append(screen)
    screen.wait_for(r"▼ \d+  \d+ dark  live \d")
    dice = random.Random(4)
    for _ in range(150):
        screen.resize(dice.randint(1, 220), dice.randint(1, 70))
        screen.read(0.0)
    screen.resize(1, 1)
    screen.resize(120, 40)
    screen.wait_for(r"overview +live \d+s +leader")
    screen.wait_for(r"worst circuit")
    ends_well(screen, tmp_path)


@pytest.mark.parametrize("term", ["linux", ""])
def test_a_terminal_that_knows_little_gets_what_it_can_show(
    terminals: list[Terminal], cloud: MistServer, tmp_path: Path, term: str
) -> None:
    screen = watching(cloud, tmp_path, env={"TERM": term, "COLORTERM": "", "LANG": "C"})
    terminals.append(screen)
    screen.wait_for(r"overview +live \d+s +leader")
    assert screen.text.isascii()
    assert b";2;" not in screen.raw, "no colours that it does not know"
    ends_well(screen, tmp_path)


def test_a_terminal_without_a_cursor_gets_one_line(
    terminals: list[Terminal], cloud: MistServer, tmp_path: Path
) -> None:
    """As in an editor's shell window or a build's console."""
    screen = watching(cloud, tmp_path, 160, env={"TERM": "dumb"})
    terminals.append(screen)
    assert screen.wait() == 2
    assert screen.text.strip().startswith("noctui: TERM=dumb cannot show a screen; set TERM to ")
    assert b"\x1b" not in screen.raw


def test_errors_sent_to_a_file_leave_the_screen_where_it_is(
    terminals: list[Terminal], cloud: MistServer, tmp_path: Path
) -> None:
    """`noctui 2> errors.log`: the file gets errors, the terminal the screen."""
    errors = tmp_path / "errors.log"
    screen = watching(cloud, tmp_path, streams={2: errors})
    terminals.append(screen)
    screen.wait_for(r"overview +live \d+s +leader")
    ends_well(screen, tmp_path)
    assert errors.read_bytes() == b""


@pytest.mark.parametrize("stream", [0, 1])
def test_without_a_keyboard_or_a_screen_it_says_so_and_exits_2(
    terminals: list[Terminal], cloud: MistServer, tmp_path: Path, stream: int
) -> None:
    screen = watching(cloud, tmp_path, 160, streams={stream: Path(os.devnull)})
    terminals.append(screen)
    assert screen.wait() == 2
    assert screen.text.strip() == "noctui: the screen needs a terminal; standard input and output must be one"


def test_ctrl_z_gives_the_terminal_back_and_fg_brings_all_of_it_again(
    terminals: list[Terminal], cloud: MistServer, tmp_path: Path
) -> None:
    """Every row at once, since whatever the shell wrote meanwhile stands there; also after a plain SIGSTOP."""
    screen = watching(cloud, tmp_path)
    terminals.append(screen)
    screen.wait_for(r"overview +live \d+s +leader")
    screen.type("\x1a")
    screen.until(lambda: state(screen.pid) == psutil.STATUS_STOPPED)
    screen.read(0.05)
    assert screen.raw.rfind(b"\x1b[?1049l") > screen.raw.rfind(b"\x1b[?1049h"), "the shell's own screen"
    assert screen.raw.rfind(b"\x1b[?25h") > screen.raw.rfind(b"\x1b[?25l"), "with its cursor"
    comes_back(screen)
    screen.kill(signal.SIGSTOP)
    screen.until(lambda: state(screen.pid) == psutil.STATUS_STOPPED)
    comes_back(screen)
    ends_well(screen, tmp_path)


def comes_back(screen: Terminal) -> None:
    """Continued, it paints the header, the counts, the board and the footer."""
    screen.resize(120, 40)  # nothing of what was painted is there
    os.kill(screen.pid, signal.SIGCONT)
    for row in (r"overview +live \d+s +leader", r"\d+ down .* critical .* ok", r"worst circuit", r"\? help"):
        screen.wait_for(row, 3)


def test_a_hang_up_loses_no_setting(terminals: list[Terminal], cloud: MistServer, tmp_path: Path) -> None:
    """The line drops while one looks at the circuits: that is where the next start begins."""
    screen = watching(cloud, tmp_path)
    terminals.append(screen)
    screen.wait_for(r"overview +live \d+s +leader")
    screen.type("3")
    screen.wait_for(r"circuits +live")
    screen.kill(signal.SIGHUP)
    screen.wait()
    (kept,) = tmp_path.rglob("screen.json")
    assert [place["kind"] for place in json.loads(kept.read_text())["trail"]][-1] == "circuits"
    again = watching(cloud, tmp_path)
    terminals.append(again)
    again.wait_for(r"circuits +.*live \d+s")
    ends_well(again, tmp_path)


@pytest.mark.soak
def test_a_thousand_sizes_and_keys_end_as_they_began(
    terminals: list[Terminal], cloud: MistServer, tmp_path: Path
) -> None:
    screen = watching(cloud, tmp_path)
    terminals.append(screen)
    screen.wait_for(r"overview +live \d+s +leader")
    dice = random.Random(8)
    keys = itertools.cycle(
        ["\r", "\x1b", "3", "1", "j", "k", "s", "S", "w", "z", "[", "L", "\t", "5", "0", "/x\x1b\x1b"]
    )
    for _ in range(1000):
        screen.resize(dice.randint(1, 250), dice.randint(1, 80))
        screen.type(next(keys))
        screen.read(0.002)
    screen.resize(120, 40)
    screen.type("\x1b\x1b\x1b\x1bL1")
    screen.wait_for(r"overview +live \d+s +leader", 60)
    ends_well(screen, tmp_path)
