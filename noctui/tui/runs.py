"""Lines as runs of text with a role (`crit bold`): measured, cut, set beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from noctui.tui.look.text import clip, fit, width

Run = tuple[str, str]
Line = tuple[Run, ...]
BLANK: Line = ()


def width_of(line: Line) -> int:
    """Cells of a line."""
    return sum(width(text) for text, _ in line)


def text_of(lines: Iterable[Line]) -> str:
    """Lines as plain text, blanks at their ends left out."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines).strip("\n")


def crop(line: Line, cells: int, cut: str = "…") -> Line:
    """The line in at most `cells` cells; what was cut ends in `cut`."""
    out: list[Run] = []
    room = cells
    for text, role in line:
        wide = width(text)
        if wide > room:
            if room > 0:
                out.append((clip(text, room, cut), role))
            break
        out.append((text, role))
        room -= wide
    return tuple(out)


def pad(line: Line, cells: int) -> Line:
    """The line in exactly `cells` cells."""
    line = crop(line, cells)
    rest = cells - width_of(line)
    return (*line, (" " * rest, "text")) if rest > 0 else line


def apart(left: Line, right: Line, cells: int, fill: Run = (" ", "text")) -> Line:
    """`left` and `right` at the two ends of `cells` cells; `fill` between, one blank beside it when it is a rule."""
    right = crop(right, cells)
    left = crop(left, max(0, cells - width_of(right) - (2 if right else 0)))
    gap = cells - width_of(left) - width_of(right)
    sign, role = fill
    if sign == " " or gap < 4:
        return (*left, (" " * gap, "text"), *right)
    if not right:
        return (*left, (" ", "text"), (sign * (gap - 1), role))
    return (*left, (" ", "text"), (sign * (gap - 2), role), (" ", "text"), *right)


def beside(columns: Sequence[Sequence[Line]], widths: Sequence[int], gap: int = 3) -> list[Line]:
    """Columns of lines set beside each other, parted by `gap` blanks."""
    height = max((len(c) for c in columns), default=0)
    out: list[Line] = []
    for y in range(height):
        line: list[Run] = []
        for i, (column, cells) in enumerate(zip(columns, widths, strict=True)):
            line += pad(column[y] if y < len(column) else BLANK, cells)
            if i < len(widths) - 1:
                line.append((" " * gap, "text"))
        out.append(tuple(line))
    return out


def title(text: str, note: str, cells: int, *, focused: bool = False, rule: str = "─") -> Line:
    """A pane's title, a faint rule, and its right-hand note. Focus is a bold title."""
    return apart(((text, "hi bold" if focused else "hi"),), ((note, "dim"),) if note else (), cells, (rule, "faint"))


def labelled(pairs: Iterable[tuple[str, Line]], label: int) -> list[Line]:
    """Lines of a dim label of `label` cells and what it is."""
    return [((fit(name, label), "dim"), *line) for name, line in pairs]
