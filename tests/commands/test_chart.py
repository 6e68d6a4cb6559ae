"""`noctui chart`: pages over the sample night to the last cell, and the command over a history that a cloud made.

After a wanted change: `pytest tests/commands/test_chart.py --snapshot-update`, then look at the pages.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from noctui.charts.kinds import BOX, DIST, HEAT, KINDS, LINE, MANY
from noctui.commands import chart, codes
from noctui.commands.chart_out import coloured, plain
from tests.charts.pages import EIGHT, page, wish
from tests.commands.exported import CIRCUIT, PAST, Half, iso
from tests.night import HOT
from tests.whole.terminal import ROOT

SIZES = [(80, 24), (120, 40), (200, 60)]
IDS = {LINE: (HOT,), HEAT: EIGHT[1:2], BOX: EIGHT[1:2], MANY: EIGHT, DIST: ()}


class AsText(SingleFileSnapshotExtension):
    """A page is a text file, to be read as it is."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"


@pytest.fixture
def pages(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(AsText)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("kind", KINDS)
def test_page(pages: SnapshotAssertion, kind: str, size: tuple[int, int]) -> None:
    assert plain(page(wish(kind, ids=IDS[kind]), *size), False) == pages


@pytest.mark.parametrize("kind", KINDS)
def test_page_in_ascii(pages: SnapshotAssertion, kind: str) -> None:
    text = plain(page(wish(kind, ids=IDS[kind]), 80, 24, ascii=True), True)
    assert text.isascii()
    assert text == pages


@pytest.mark.parametrize(
    "wanted",
    [wish(LINE, "loss", "13mo"), wish(LINE, "latency", "1h"), wish(HEAT, "latency"), wish(BOX, "rx_bps", "24h"),
     wish(MANY, "mos", "7d", EIGHT), wish(DIST, "loss"), wish(DIST, "rx_bps", "31d", statistic="p95")],
    ids=lambda w: f"{w.kind}-{w.measure.name}",
)  # fmt: skip
def test_other_measures(pages: SnapshotAssertion, wanted: Any) -> None:
    assert plain(page(wanted), False) == pages


# -- over a real history ----------------------------------------------------------------------------------------------


class Ran:
    """A run of the command: exit code, standard output, standard error."""

    def __init__(self, half: Half | Path, *words: str) -> None:
        data = half.data if isinstance(half, Half) else half
        out, said = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(said):
            try:
                self.code = chart.main([*words, "--data", str(data)])
            except SystemExit as ended:  # what argparse refuses
                self.code = int(ended.code or 0)
        self.out, self.said = out.getvalue(), said.getvalue()


@pytest.fixture(autouse=True)
def _utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noctui.tui.look.signs.wants_ascii", lambda _environ, _encoding, forced=False: forced)


def test_a_circuit_that_was_cut_for_nine_minutes(half: Half) -> None:
    ran = Ran(half, CIRCUIT, "util", "--window", "1h")
    assert (ran.code, ran.said) == (codes.OK, "")
    lines = ran.out.splitlines()
    assert len(lines) == 24
    assert "▼" in lines[2]
    assert "cover" in lines[1], "half an hour of history is not an hour"
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("words", [
    ("util", "--kind", "many", "--window", "1h"), ("loss", "--kind", "dist"), (CIRCUIT, "rx", "--kind", "heat"),
    (CIRCUIT, "latency", "--kind", "box", "--window", "24h"), (CIRCUIT, "rx_bps", "--kind", "dist", "--window", "1h"),
], ids=lambda w: " ".join(w[-4:]))  # fmt: skip
def test_every_kind_over_a_real_history(half: Half, words: tuple[str, ...]) -> None:
    ran = Ran(half, *words)
    assert (ran.code, ran.said) == (codes.OK, "")
    assert len(ran.out.splitlines()) > 10


def test_the_past_is_as_it_was_known_then(half: Half) -> None:
    """14 minutes after the start; the line came back half a minute later."""
    then = Ran(half, CIRCUIT, "util", "--window", "1h", "--at", iso(PAST)).out.splitlines()
    now = Ran(half, CIRCUIT, "util", "--window", "1h").out.splitlines()
    assert len(then[2]) > len(now[2]), "then it was down up to the right edge"
    assert then[2][-1] == now[2][-1] == "▼"


def test_a_chart_says_why_the_warehouse_is_missing_from_it(half: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "a-b")  # and nothing to log in with
    ran = Ran(half, CIRCUIT, "util", "--window", "13mo")
    assert ran.code == codes.OK
    assert ran.said.startswith("noctui: before ")
    assert "nothing to log in with" in ran.said
    assert ran.said.count("\n") == 1


def test_nothing_known_is_words_and_code_3(half: Half) -> None:
    """Ports tell of no MOS."""
    ran = Ran(half, CIRCUIT, "mos", "--kind", "heat")
    assert (ran.code, ran.said) == (codes.PARTIAL, "")
    assert ran.out.splitlines()[2:] == ["No sample of MOS in 31 d."]


@pytest.mark.parametrize(("words", "code", "says"), [
    ((), codes.USAGE, "a chart of what? give a circuit and a metric: util, rx"),
    (("util",), codes.USAGE, "util of which circuit? give its id, or a filter's words"),
    ((CIRCUIT, "utill"), codes.USAGE, "no metric utill; did you mean util?"),
    ((CIRCUIT, "util", "more"), codes.USAGE, "are 3 words: give a circuit and a metric, quoted"),
    ((CIRCUIT, "util", "--kind", "pie"), codes.USAGE, "--kind pie is none; there are: line, heat, box, many, dist"),
    ((CIRCUIT, "util", "--window", "2h"), codes.USAGE, "--window 2h does not go with line; there are: 1h, 3h"),
    ((CIRCUIT, "util", "--kind", "heat", "--window", "1h"), codes.USAGE, "does not go with heat; there are: 7d"),
    ((CIRCUIT, "util", "--of", "p95"), codes.USAGE, "--of goes with --kind dist and a --window"),
    (("util", "--kind", "dist", "--window", "7d", "--of", "mode"), codes.USAGE, "--of mode is none"),
    (("mos", "--kind", "dist", "--window", "7d"), codes.USAGE, "MOS is known of now alone"),
    ((CIRCUIT, "util", "--size", "3x3"), codes.USAGE, "3x3 is no size such as 120x40, from 24x10"),
    ((CIRCUIT, "util", "--size", "big"), codes.USAGE, "big is no size such as 120x40"),
    ((CIRCUIT, "util", "--at", "noon-ish"), codes.USAGE, "--at 'noon-ish' is no time such as"),
    ((CIRCUIT, "util", "--at", "2001-01-01"), codes.FAILED, "no poll is kept for"),
    ((CIRCUIT, "util", "--zone", "mars"), codes.USAGE, "--zone mars is none"),
    (("nobody-has-this", "util"), codes.FAILED, "no circuit nobody-has-this by its id"),
    (("util>>", "rx"), codes.USAGE, "circuit util>>:"),
    (("nobody-has-this", "util", "--kind", "many"), codes.FAILED, "no circuit matches nobody-has-this"),
    (("--nonsense",), codes.USAGE, "unrecognized arguments: --nonsense; see noctui chart --help"),
], ids=lambda v: " ".join(v)[-30:] if isinstance(v, tuple) else None)  # fmt: skip
def test_what_cannot_be_drawn_is_one_clear_line(half: Half, words: tuple[str, ...], code: int, says: str) -> None:
    ran = Ran(half, *words)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.said
    assert ran.said.startswith("noctui: ")
    assert ran.said.count("\n") == 1


def test_without_a_history_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    ran = Ran(tmp_path / "none", CIRCUIT, "util")
    assert (ran.code, ran.out) == (codes.FAILED, "")
    assert "no history in" in ran.said
    assert list(tmp_path.iterdir()) == []


# -- colours ----------------------------------------------------------------------------------------------------------


def test_colours_are_the_themes_and_sixteen_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    lines = page(wish())
    own = coloured(lines, False, "auto")
    assert "\x1b[38;" not in own, "the terminal's own colours alone"
    assert "\x1b[36m" in own
    assert "\x1b[38;2;" in coloured(lines, False, "dark")


def test_no_color_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    codes_used = {part.split("m")[0] for part in coloured(page(wish()), False, "dark").split("\x1b[")[1:]}
    assert codes_used <= {"0", "1", "4", "7", "1;7", "1;4"}


def test_a_broken_pipe_ends_quietly(half: Half) -> None:
    command = [
        sys.executable,
        "-m",
        "noctui",
        "chart",
        "util",
        "--kind",
        "many",
        "--window",
        "1h",
        "--data",
        str(half.data),
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
