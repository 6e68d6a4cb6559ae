"""The thinner: whatever it leaves out, the screen looks the same."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

from noctui.tui.look.wire import _PLAIN, Sgr, Thinner, _blank, change_sgr, parse_sgr, thinned

WIDE, HIGH = 12, 4
Cell = tuple[str, Sgr]


class Terminal:
    """As much of a terminal as frames need: moves, styles that add up, text."""

    def __init__(self) -> None:
        self.cells: list[list[Cell]] = [[(" ", _PLAIN)] * WIDE for _ in range(HIGH)]
        self.x = self.y = 0
        self.style: Sgr = _PLAIN

    def feed(self, data: str) -> None:
        for move, column, codes, text in re.findall(r"\x1b\[(\d+;\d+)H|\x1b\[(\d+)G|\x1b\[([\d;]*)m|([^\x1b]+)", data):
            if move:
                self.y, self.x = (int(n) - 1 for n in move.split(";"))
            elif column:
                self.x = int(column) - 1
            elif text:
                for char in text.replace("\n", ""):
                    look = _blank(self.style) if char == " " else self.style
                    self.cells[self.y][self.x] = (char, look)
                    self.x += 1
            else:
                self._sgr(codes)

    def _sgr(self, codes: str) -> None:
        attributes, ink, ground = set(self.style[0]), self.style[1], self.style[2]
        off = {"22": {"1", "2"}, "23": {"3"}, "24": {"4"}, "27": {"7"}}
        parts = (codes or "0").split(";")
        while parts:
            code = parts.pop(0)
            if code in ("38", "48"):
                color = ";".join([code, *(parts.pop(0) for _ in range(4 if parts[0] == "2" else 2))])
                ink, ground = (color, ground) if code == "38" else (ink, color)
            elif code == "0":
                attributes, ink, ground = set(), "", ""
            elif code in off:
                attributes -= off[code]
            elif code in ("39", "49"):
                ink, ground = ("", ground) if code == "39" else (ink, "")
            elif code in "12347":
                attributes.add(code)
            elif code[0] in "39":
                ink = code
            else:
                ground = code
        self.style = frozenset(attributes), ink, ground


CODES = st.sampled_from(
    ["", "1", "2", "4", "7", "1;2", "31", "91;44", "1;38;2;1;2;3;48;2;4;5;6", "38;5;9;48;5;0", "48;2;4;5;6"]
)
RUN = st.tuples(CODES, st.text(alphabet="ab▼⣿ ", min_size=1, max_size=WIDE))


@st.composite
def frames(draw: st.DrawFn) -> str:
    """A frame as Textual writes it: per line a move, runs that are reset each, a newline; the cursor last."""
    out = []
    for y in draw(st.lists(st.integers(0, HIGH - 1), unique=True).map(sorted)):
        x = draw(st.integers(0, WIDE - 1))
        out.append(f"\x1b[{y + 1};{x + 1}H")
        for codes, text in draw(st.lists(RUN, max_size=4)):
            text = text[: WIDE - x]
            x += len(text)
            if text:
                out.append(f"\x1b[{codes}m{text}\x1b[0m" if codes else text)
    return "".join(out) + "\x1b[1;1H"


@given(st.lists(frames(), min_size=1, max_size=6))
def test_the_screen_is_the_same_after_every_frame(shown: list[str]) -> None:
    whole, thin, thinner = Terminal(), Terminal(), Thinner(WIDE, HIGH)
    for frame in shown:
        whole.feed(frame)
        thin.feed(thinner.thin(frame))
        assert thin.cells == whole.cells
        assert thin.style == whole.style == _PLAIN
        assert (thin.x, thin.y) == (whole.x, whole.y)


@given(frames())
def test_the_same_frame_again_costs_nothing(frame: str) -> None:
    thinner = Thinner(WIDE, HIGH)
    thinner.thin(frame)
    assert thinner.thin(frame) == ""


@given(CODES, CODES)
def test_a_change_of_style_ends_where_it_should_and_is_never_longer_than_starting_anew(before: str, after: str) -> None:
    terminal = Terminal()
    terminal.style = parse_sgr(before)
    change = change_sgr(terminal.style, parse_sgr(after))
    terminal.feed(change)
    assert terminal.style == parse_sgr(after)
    assert len(change) <= len(f"\x1b[0;{after}m")


def test_what_it_does_not_know_goes_through_and_makes_it_forget() -> None:
    thinner = Thinner(WIDE, HIGH)
    line = "\x1b[1;1Habc"
    assert thinner.thin(line) == line
    assert thinner.thin("\x1b[?25l") == "\x1b[?25l"
    assert thinner.thin(line) == ""
    assert thinner.thin("\x1b[?1049h") == "\x1b[?1049h"
    assert thinner.thin(line) == line
    assert thinner.thin("\x1b]52;c;YQ==\x07") == "\x1b]52;c;YQ==\x07"


def test_a_resized_terminal_is_unknown() -> None:
    thinner = Thinner(WIDE, HIGH)
    line = "\x1b[1;1Habc"
    thinner.thin(line)
    thinner.forget(WIDE + 1, HIGH)
    assert thinner.thin(line) == line


def test_a_line_with_wide_characters_is_always_sent() -> None:
    thinner = Thinner(WIDE, HIGH)
    line = "\x1b[1;1H東京 abc\x1b[1;1H"
    assert "東京 abc" in thinner.thin(line)
    assert "東京 abc" in thinner.thin(line)


async def test_a_driver_sends_nothing_for_a_frame_that_changes_nothing() -> None:
    sent: list[str] = []

    class Recorder(HeadlessDriver):
        def write(self, data: str) -> None:
            sent.append(data)

    driver = thinned(Recorder)(App(), size=(WIDE, HIGH))
    for _ in range(2):
        for part in ("\x1b[?2026h", "\x1b[1;1H\x1b[1;31mabc\x1b[0m\x1b[1;1H", "\x1b[?2026l"):
            driver.write(part)
    assert "".join(sent) == "\x1b[?2026h\x1b[1;1H\x1b[1;31mabc\x1b[0m\x1b[1G\x1b[?2026l"
