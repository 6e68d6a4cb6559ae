"""What goes to the terminal, thinned: only cells that differ from what stands there, with the shortest change of style.

A screen library sends each dirty line from its beginning, every run with all its colours and a reset. Over a slow line
that is most of the bytes. `Thinner` keeps what the terminal shows and lets through what differs. It understands only
what paints (moves, styles, text); anything else goes through untouched, and what might change the screen behind its
back makes it forget, so that the worst case is the full frame.
"""

from __future__ import annotations

import asyncio
import re
import sys
from functools import lru_cache
from typing import Any

from rich.cells import get_character_cell_size
from textual.driver import Driver

_TOKEN = re.compile(
    r"\x1b\[(?P<sgr>[0-9;]*)m"
    r"|\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    r"|(?P<text>[^\x00-\x1f\x7f\x9b]+)"
    r"|(?P<newline>\n)"
    r"|(?P<harmless>\x1b\[(?:\?(?!1049|1047|47)[0-9;]*(?:\$p|[hl])|[<>=]?[0-9;]*[unctq]))"
    r"|(?P<other>\x1b\[[0-?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\)|\x1b[P_^X].*?\x1b\\|\x1b.|.)",
    re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x9b]")
_STYLES_KNOWN = 4096
_JOIN = 4
"""So many unchanged cells are sent again rather than jumped over."""

Sgr = tuple[frozenset[str], str, str]
"""Attributes, foreground, background: SGR codes; empty is the terminal's own."""

_PLAIN: Sgr = (frozenset(), "", "")
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29", "53": "55"}


@lru_cache(4096)
def parse_sgr(codes: str) -> Sgr:
    """The style that these codes make of a plain one."""
    attributes: set[str] = set()
    ink = ground = ""
    parts = codes.split(";")
    at = 0
    while at < len(parts):
        code = parts[at]
        if code in ("38", "48"):
            size = 5 if parts[at + 1 : at + 2] == ["2"] else 3
            color = ";".join(parts[at : at + size])
            ink, ground = (color, ground) if code == "38" else (ink, color)
            at += size
            continue
        if code in ("", "0"):
            attributes, ink, ground = set(), "", ""
        elif code in _OFF:
            attributes.add(code)
        elif len(code) >= 2 and (code[0] in "39" and len(code) == 2):
            ink = "" if code == "39" else code
        elif code[0] == "4" or code[:2] == "10":
            ground = "" if code == "49" else code
        else:
            attributes.add(code)
        at += 1
    return frozenset(attributes), ink, ground


@lru_cache(8192)
def change_sgr(before: Sgr, after: Sgr) -> str:
    """The shortest sequence from one style to another."""
    if before == after:
        return ""
    parts = [after[1] or "39"] if after[1] != before[1] else []
    parts += [after[2] or "49"] if after[2] != before[2] else []
    fresh = ["0", *sorted(after[0]), *(part for part in after[1:] if part)]
    gone = before[0] - after[0]
    if all(code in _OFF for code in gone):
        off = {_OFF[code] for code in gone}
        kept = {code for code in after[0] if code not in before[0] or _OFF.get(code) in off}
        parts = [*sorted(off), *sorted(kept), *parts]
    else:
        parts = fresh
    short, full = ";".join(parts), ";".join(fresh)
    return f"\x1b[{short if len(short) <= len(full) else full}m"


@lru_cache(4096)
def _blank(style: Sgr) -> Sgr:
    """The part of a style that a blank cell shows."""
    shown = style[0] & {"4", "7", "9", "53"}
    return (shown, style[1], style[2]) if shown else (shown, "", style[2])


@lru_cache(4096)
def _narrow(char: str) -> bool:
    return get_character_cell_size(char) == 1


class Thinner:
    """Keeps the cells of a terminal of `columns` × `rows`; `thin` turns a frame into what has to be sent of it."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns = columns
        self._rows = rows
        self._on = _PLAIN  # the terminal's style
        self._at: tuple[int, int] | None = None  # the terminal's cursor (column, row)
        self._style = _PLAIN  # what the frame believes it to be
        self._pen: tuple[int, int] | None = None
        self._out: list[str] = []
        self._known: dict[str, Sgr] = {}
        self.forget()

    def forget(self, columns: int | None = None, rows: int | None = None) -> None:
        """Nothing is known of the screen: after a resize, or when something else wrote to it."""
        self._known.clear()
        self._columns, self._rows = columns or self._columns, rows or self._rows
        self._chars: list[list[str]] = [[""] * self._columns for _ in range(self._rows)]
        self._styles: list[list[Sgr]] = [[_PLAIN] * self._columns for _ in range(self._rows)]
        self._at = None

    def thin(self, data: str) -> str:
        """What has to be sent so that the screen looks as after `data`."""
        if "\x1b]8;" in data:  # links are not kept per cell
            self.forget()
            self._pen = None
            return data
        self._out = []
        if data.count("\x1b") == data.count("\x1b["):
            self._frame(data)
        else:
            self._any(data)
        self._finish()
        return "".join(self._out)

    def _frame(self, data: str) -> None:
        """A frame is nearly all runs of a known style and its text: those are taken apart here, the rest by `_any`."""
        head, *parts = data.split("\x1b[")
        if head:
            self._any(head)
        for part in parts:
            codes, end, text = part.partition("m")
            style = self._known.get(codes) if end else None
            if style is None:
                self._any("\x1b[" + part)
                continue
            self._style = style
            if text:
                if _CONTROL.search(text):
                    self._any(text)
                else:
                    self._text(text)

    def _any(self, data: str) -> None:
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup
            if kind == "text":
                self._text(token["text"])
            elif kind == "sgr":
                if len(self._known) >= _STYLES_KNOWN:
                    self._known.clear()
                self._style = self._known[token["sgr"]] = parse_sgr(token["sgr"])
            elif kind == "column":
                self._pen = int(token["column"]) - 1, int(token["row"]) - 1
            elif kind == "newline" and self._pen is not None and self._pen[1] + 1 < self._rows:
                self._pen = 0, self._pen[1] + 1
            elif kind == "harmless":
                self._out.append(token[0])
            else:
                self._raw(token[0])

    def _raw(self, text: str) -> None:
        """Not understood: send it as it stands, and know nothing afterwards."""
        self._to(self._pen)
        self._dress(self._style)
        self._out.append(text)
        self.forget()
        self._pen = None

    def _text(self, text: str) -> None:
        size = len(text)
        if self._pen is None or self._pen[0] + size > self._columns or self._pen[1] >= self._rows:
            self._raw(text)
            return
        if not text.isascii() and not all(map(_narrow, set(text))):
            self._wide(text)
            return
        x, y = self._pen
        style, blank = self._style, _blank(self._style)
        chars, styles = self._chars[y], self._styles[y]
        new = list(text)
        looks = [blank if char == " " else style for char in new] if " " in text else [style] * size
        self._pen = x + size, y
        if chars[x : x + size] == new and styles[x : x + size] == looks:
            return
        differs = [i for i in range(size) if chars[x + i] != new[i] or styles[x + i] != looks[i]]
        chars[x : x + size], styles[x : x + size] = new, looks
        first = last = differs[0]
        for i in [*differs[1:], size + _JOIN + 1]:
            if i - last > _JOIN:
                self._send(x + first, y, text[first : last + 1])
                first = i
            last = i

    def _wide(self, text: str) -> None:
        """Characters whose width terminals may not agree on: the line is sent as it is, and not remembered."""
        assert self._pen is not None
        x, y = self._pen
        self._chars[y] = [""] * self._columns
        self._send(x, y, text)
        self._at = None
        cells = sum(get_character_cell_size(char) for char in text)
        self._pen = min(x + cells, self._columns - 1), y

    def _send(self, x: int, y: int, text: str) -> None:
        self._to((x, y))
        self._dress(self._style)
        self._out.append(text)
        end = x + len(text)
        self._at = (end, y) if end < self._columns else None  # at the edge terminals differ

    def _to(self, place: tuple[int, int] | None) -> None:
        if place is None or place == self._at:
            return
        x, y = place
        same_row = self._at is not None and self._at[1] == y
        self._out.append(f"\x1b[{x + 1}G" if same_row else f"\x1b[{y + 1};{x + 1}H")
        self._at = place

    def _dress(self, style: Sgr) -> None:
        self._out.append(change_sgr(self._on, style))
        self._on = style

    def _finish(self) -> None:
        """Leave the terminal as the frame would have left it."""
        self._dress(self._style)
        self._to(self._pen)


_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


def thinned(base: type[Driver]) -> type[Driver]:
    """`base` (the platform's driver) with a Thinner before its terminal: `App.get_driver_class` may return this."""

    class ThinDriver(base):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            errors = sys.__stderr__
            if getattr(self, "_file", None) is errors and (errors is None or not errors.isatty()):
                self._file = sys.__stdout__  # the screen is not what `2> errors.log` asks for

        _thinner: Thinner | None = None
        _seen: tuple[int, int] = (0, 0)
        _held = ""

        def start_application_mode(self) -> None:
            """Also after a suspension: whoever had the terminal meanwhile left nothing of what was painted."""
            super().start_application_mode()
            if self._thinner is not None:
                self._thinner.forget()
                asyncio.get_running_loop().call_soon_threadsafe(self._paint_all)

        def _sigcont_application(self, *signal: object) -> None:
            """After SIGTSTP the terminal was given back in order; after SIGSTOP nobody had the time. Its second thread
            for keys would outlive the screen."""
            if self._auto_restart and not getattr(self, "_must_signal_resume", True):
                self.suspend_application_mode()
            super()._sigcont_application(*signal)

        def _paint_all(self) -> None:
            for screen in self._app.screen_stack:
                screen.refresh()

        def forget(self) -> None:
            """Paint everything anew from the next frame on (another program wrote over the screen)."""
            if self._thinner is not None:
                self._thinner.forget()

        def write(self, data: str) -> None:
            """Send of `data` what differs from the screen. A frame of which nothing is left sends nothing."""
            if data == _SYNC_START:
                self._held = data
                return
            if data == _SYNC_END and self._held:
                self._held = ""
                return
            size = self._get_terminal_size()
            if self._thinner is None:
                self._thinner = Thinner(*size)
            elif size != self._seen:
                self._thinner.forget(*size)
            self._seen = size
            if out := self._thinner.thin(data):
                super().write(self._held + out)
                self._held = ""

    return ThinDriver
