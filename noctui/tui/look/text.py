"""Foreign text made harmless and fitted to cells. Width is counted in terminal cells, never in characters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
_MARKS_KEPT = 2
"""Combining marks kept per character: more only make lines of endless bytes."""


def clean(text: str) -> str:
    """`text` with control, format and unassigned characters shown as `·`.

    Variation selectors go: terminals do not agree on the width they give.
    """
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    marks = _MARKS_KEPT  # a mark without a character before it would fall onto the neighbouring cell
    for char in text:
        kind = unicodedata.category(char)
        if kind in _MARKS:
            marks += 1
            if marks <= _MARKS_KEPT and not "\ufe00" <= char <= "\ufe0f":
                out.append(char)
            continue
        marks = 0
        out.append("·" if kind in _HIDDEN else " " if kind == "Zs" else char)
    return "".join(out)


def width(text: str) -> int:
    """Cells that `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


@lru_cache(8192)
def clip(text: str, cells: int, cut: str = "…") -> str:
    """`text`, cleaned, in at most `cells` cells; what was cut ends in `cut`."""
    text = clean(text)
    if width(text) <= cells:
        return text
    if cells < 1:
        return ""
    return take(text, cells - 1) + cut


def take(text: str, cells: int) -> str:
    """The longest beginning of (clean) `text` that fits into `cells` cells."""
    if text.isascii():
        return text[: max(cells, 0)]
    used = 0
    for i, char in enumerate(text):
        used += cell_len(char)
        if used > cells:
            return text[:i]
    return text


def fit(text: str, cells: int, align: str = "left", cut: str = "…") -> str:
    """`text` clipped and padded to exactly `cells` cells."""
    text = clip(text, cells, cut)
    blanks = " " * (cells - width(text))
    return blanks + text if align == "right" else text + blanks
