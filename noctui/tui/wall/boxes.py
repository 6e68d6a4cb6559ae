"""The four numbers of the wall: dark sites, circuits down and critical, and sites on another circuit (or away)."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.look.numbers import count
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import fit, width
from noctui.tui.runs import Line, Run
from noctui.tui.widgets import big


@dataclass(frozen=True, slots=True)
class Box:
    """A number with its word, and its colour while it is not 0. `filled`: then its ground is red."""

    number: int
    word: str
    role: str
    filled: bool = False


def boxes_of(view: View, region: str | None) -> tuple[Box, ...]:
    """Of the network, or of a region of it. While any circuit is away, that takes the place of failovers."""
    if region is None:
        counts = view.counts()
        dark, moved = int(view.sites.dark.sum()), int(view.sites.failed_over.sum())
    else:
        row = view.inventory.regions.index(region) if region in view.inventory.regions else -1
        counts = view.regions.counts[row] if row >= 0 else view.counts() * 0
        dark = int(view.regions.dark[row]) if row >= 0 else 0
        moved = int(view.regions.failed_over[row]) if row >= 0 else 0
    away = int(counts[Severity.AWAY])
    last = Box(away, "away", "crit") if away else Box(moved, "failover", "accent")
    return (
        Box(dark, "dark", "down", filled=True), Box(int(counts[Severity.DOWN]), "down", "crit"),
        Box(int(counts[Severity.CRITICAL]), "critical", "crit"), last,
    )  # fmt: skip


def box_lines(boxes: tuple[Box, ...], wide: int, rows: int, large_words: bool, signs: Signs, grey: bool,
              shift: int = 0) -> list[Line]:  # fmt: skip
    """The boxes beside each other in `wide` cells: numbers of `rows` rows (a multiple of 5), words below; all of it
    `shift` cells to the right."""
    down = rows // big.HIGH
    each = wide // len(boxes)
    pad = 4 if each >= 30 else 2 if each >= 20 else 1
    room = each - 2 * pad
    texts = tuple(count(box.number).upper() for box in boxes)
    across = big.widest(texts, room, 2 * down)
    columns: list[list[Run]] = []
    for box, text in zip(boxes, texts, strict=True):
        column: list[Run] = []
        number, word = _roles(box, grey)
        drawn = big.figure(text, across, down) if big.pixels_wide(text) * across <= room else _plain(text, rows)
        said = _word(box.word, room, large_words, signs)
        for line, role in [("", word), *((n, number) for n in drawn), ("", word), *((s, word) for s in said)]:
            column.append((fit(" " * (pad + shift) + line, each), role))
        columns.append(column)
    rest = " " * (wide - each * len(boxes))
    return [(*(column[y] for column in columns), (rest, "text")) for y in range(len(columns[0]))]


def _roles(box: Box, grey: bool) -> tuple[str, str]:
    """Of the number and of its word. A zero is calm; nothing old is loud."""
    if grey:
        return "stale", "stale"
    if not box.number:
        return "dim", "dim"
    return ("down", "down") if box.filled else (f"{box.role} bold", "text")


def _plain(text: str, rows: int) -> list[str]:
    return [text if y == rows // 2 else "" for y in range(rows)]


def _word(word: str, room: int, large: bool, signs: Signs) -> list[str]:
    """Drawn where there is room for it, else spelled out."""
    if large and big.fits(word, room, signs):
        return big.words(word, room, signs)
    spaced = " ".join(word.upper())
    return ["", spaced if width(spaced) <= room else word.upper(), ""] if large else [
        spaced if width(spaced) <= room else word.upper()
    ]  # fmt: skip
