"""What the command line asks for, and what it gets."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from noctui.model.figures import Grain
from noctui.model.scene import Range, Scene
from noctui.tui.export import Exported, Row
from noctui.tui.filter import Filter


class Refused(Exception):  # noqa: N818 - no bug: what was asked for cannot be had
    """One clear line: what, where, what to do. `usage`: it can never be had; else the history does not hold it."""

    def __init__(self, text: str, usage: bool = True) -> None:
        super().__init__(text)
        self.usage = usage


@dataclass(frozen=True)
class Asked:
    """One table of one Scene. What the table does not know of is at its default."""

    scene: Scene
    zone: str = "UTC"
    circuit_id: str = ""
    range: Range | None = None
    chosen: bool = False  # the range was named; else it is the table's own
    begins: float = 0.0  # of the history
    key: str = ""  # of the calendar period that `range` is, such as `2026-11`; "": it is none
    by: str = "circuit"
    metrics: tuple[str, ...] = ()
    names: str = "ours"
    filter: Filter = field(default_factory=Filter)
    sort: str = ""
    descending: bool = False
    told: tuple[str, ...] = ()  # what the history does not reach, a line each

    @property
    def time(self) -> Range:
        assert self.range is not None
        return self.range


@dataclass
class Made:
    """A table in parts, in the order of its rows. `told` is what is missing from it, a line each, once it is read.

    `filtered`, `sorted`: that was done already, as the screen does it; else it is done by what stands in the cells.
    `columns` are those of the screen, by which it can be sorted as well.
    """

    headers: tuple[str, ...]
    parts: AsyncIterator[Sequence[Row]]
    told: list[str] = field(default_factory=list)
    filtered: bool = False
    sorted: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One word of `noctui export`; `maker` makes it: a module beside this one and its function, imported when wanted.

    `window` is what it covers unless something else is asked for, "" where time plays no part. `circuit` says whether
    one is named: `no`, `may` or `must` be. The first of `by` and of `metrics` is the default; `several` metrics may be
    named at once. `names`: it can have S0's names. `calendar`: its time is always one period of this grain.
    `grains`: it has a row for each period of the range; its own range goes as far back as there is something.
    """

    name: str
    help: str
    maker: str
    window: str = ""
    circuit: str = "no"
    by: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    several: bool = False
    names: bool = False
    calendar: Grain | None = None
    grains: bool = False

    async def make(self, asked: Asked) -> Made:
        """Raises Refused, HistoryError."""
        module, name = self.maker.split(".")
        make: Callable[[Asked], Awaitable[Made]] = getattr(import_module(f"noctui.commands.exports.{module}"), name)
        return await make(asked)


async def whole(table: Exported) -> AsyncIterator[Sequence[Row]]:
    """All rows in one part."""
    yield table.rows


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean circuits?`, else what there is."""
    words = list(known)
    near = difflib.get_close_matches(word.lower(), words, 1)
    return f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(words)}"
