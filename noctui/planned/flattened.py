"""HTML → text with labels, a line for each row: tables of two columns become `label: value`, wider ones with a head row
become its labels again for each row. No scripts, no styles, no entities of one's own; time grows with the length
alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from noctui.planned import fields

MAX_HTML = 256 * 1024
MAX_CELLS = 20_000
_BLOCK = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "section",
        "article",
        "header",
        "footer",
        "blockquote",
        "pre",
        "dl",
        "dt",
        "dd",
    ]
)
_CLOSE = frozenset(("div", "li", "dt", "dd", "section", "article"))
"""Blocks that leave no empty line above and below them."""
_UNSEEN = frozenset(("script", "style", "title", "template", "noscript"))


_TAG = re.compile(
    r"</?([a-zA-Z][a-zA-Z0-9]{0,15}(?::[a-zA-Z][a-zA-Z0-9]{0,15})?)(?=[\s/>])(?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*>"
)


_SPAN = re.compile(r"\bcolspan\s*=\s*[\"']?(\d{1,2})", re.IGNORECASE)
_DOWN = re.compile(r"\browspan\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE)


def text(html: str) -> str:
    """The text of an HTML part, in lines."""
    reader = _Reader()
    for kind, value in _tokens(html[:MAX_HTML]):
        if kind == "text":
            reader.data(unescape(value))
        elif kind == "end":
            reader.end(value)
        else:
            reader.start(value)
    return reader.finish()


def _tokens(html: str) -> Iterator[tuple[str, str]]:
    """(`text`, text), (`start`, tag; of cells with their columns and rows, `td:2:1`), (`end`, tag).

    In one pass that never looks twice: the parser of the standard library grows with the square of what is left open,
    and takes minutes for half a megabyte.
    """
    at, end, closing = 0, len(html), True
    while at < end:
        mark = html.find("<", at)
        if mark < 0:
            yield "text", html[at:]
            return
        if mark > at:
            yield "text", html[at:mark]
        if html.startswith("<!--", mark) and closing:
            stop = html.find("-->", mark + 4)
            closing = stop >= 0
            at = stop + 3 if closing else mark + 4
        elif html.startswith(("<!", "<?"), mark):
            stop, following = html.find(">", mark), html.find("<", mark + 1)
            at = stop + 1 if stop >= 0 and (following < 0 or stop < following) else mark + 2
            if stop < 0:
                return
        elif tag := _TAG.match(html, mark):
            name, at = tag[1].lower(), tag.end()
            if html[mark + 1] == "/":
                yield "end", name
            elif name in _UNSEEN:
                shut = re.compile(f"</{name}", re.IGNORECASE).search(html, at)
                if shut is None:
                    return
                at = shut.start()
            else:
                if name in ("td", "th"):
                    wide, down = (found[1] if (found := p.search(tag[0])) else "1" for p in (_SPAN, _DOWN))
                    name = f"{name}:{wide}:{down}"
                yield "start", name
        else:
            yield "text", "<"
            at = mark + 1


class _Reader:
    """Gathers text; of nested tables only the innermost counts as a table, what is around it as text."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.now: list[str] = []
        self.table: list[list[str]] | None = None
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.cells = 0
        self.span = self.down = 1
        self.below: dict[int, tuple[int, str]] = {}  # column → rows that a cell above still reaches into, its text

    def start(self, tag: str) -> None:
        tag, _, spans = tag.partition(":")
        if tag == "table":
            self._end_table()
            self._line()
            self.table = []
            self.below = {}
        elif tag == "tr":
            self._end_row()
            self.row = []
        elif tag in ("td", "th"):
            self._end_cell()
            if self.row is None:
                self.row = []
            self._reach()
            wide, _, down = spans.partition(":")
            self.cell, self.span, self.down = [], min(int(wide or 1), 20), int(down or 1)
        elif tag in _BLOCK:
            if self.cell is not None:
                self.cell.append("\n")
            else:
                self._line(tag not in _CLOSE)
        if tag == "blockquote":
            self.rows.append("")

    def end(self, tag: str) -> None:
        if tag == "table":
            self._end_table()
        elif tag == "tr":
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in _BLOCK:
            if self.cell is not None:
                self.cell.append("\n")
            else:
                self._line(tag not in _CLOSE)

    def data(self, data: str) -> None:
        (self.now if self.cell is None else self.cell).append(" ".join(f"x{data}x".split())[1:-1])

    def _line(self, apart: bool = True) -> None:
        """What was gathered as a line; `apart`: where nothing was, an empty one."""
        line = " ".join("".join(self.now).split())
        self.now = []
        if line or (apart and self.rows and self.rows[-1]):
            self.rows.append(line)

    def _end_cell(self) -> None:
        if self.cell is None:
            return
        lines = [" ".join(x.split()) for x in "".join(self.cell).split("\n")]
        self.cell = None
        self.cells += 1
        if self.row is not None and self.cells <= MAX_CELLS:
            text = "\n".join(x for x in lines if x)
            if self.down > 1 and self.table is not None:
                self.below[len(self.row)] = self.down - 1, text
            self.row += [text, *[""] * (self.span - 1)]

    def _reach(self) -> None:
        """Cells of rows above that reach down to where the next cell of this row would be."""
        while self.row is not None and (there := self.below.get(len(self.row))) is not None:
            rows, text = there
            if rows > 1 and self.cells <= MAX_CELLS:
                self.below[len(self.row)] = rows - 1, text
            else:
                del self.below[len(self.row)]
            self.cells += 1
            self.row.append(text)

    def _end_row(self) -> None:
        self._end_cell()
        self._reach()
        if self.row:
            if self.table is not None:
                self.table.append(self.row)
            else:
                self.rows += _row(self.row)
        self.row = None

    def _end_table(self) -> None:
        self._end_row()
        if self.table:
            self.rows += ["", *_table(self.table), ""]
        self.table = None

    def finish(self) -> str:
        """All lines, once everything was fed."""
        self._end_table()
        self._line()
        return "\n".join(self.rows)


def _table(table: list[list[str]]) -> list[str]:
    """Rows with labels. The head may stand below a title; of several columns that name circuits the first counts."""
    for at, head in enumerate(table[:40]):
        meant = [fields.of_label(c) for c in head]
        rows = [r for r in table[at + 1 :] if len(r) == len(head)]
        if sum(map(bool, meant)) >= 2 and rows and not any(c.isdigit() for cell in head for c in cell):
            return [x for row in table[:at] for x in _row(row)] + _records(head, meant, table[at + 1 :])
    if len(table) > 1 and len(table[0]) == 1 and fields.of_label(table[0][0]) == "circuit":
        return [f"{table[0][0].rstrip(':')}:", *(r[0] for r in table[1:] if r)]
    return [line for row in table for line in _row(row)]


def _records(head: list[str], meant: list[str], rows: list[list[str]]) -> list[str]:
    labels = [" ".join(c.split()).rstrip(":") for c in head]
    circuits = [i for i, field in enumerate(meant) if field == "circuit"]
    key = next((i for i in circuits if "circuit" in labels[i].lower()), circuits[0] if circuits else -1)
    for i in circuits:
        labels[i] = labels[i] if i == key else "Alias"
    zone = next((i for i, field in enumerate(meant) if field == "zone"), -1)
    order = sorted((i for i in range(len(head)) if i != zone), key=lambda i: (i != key, i))
    found: list[str] = []
    for row in rows:
        if len(row) == len(head):
            row = row[:]
            for i in range(len(row) - 1, 0, -1):  # a head over several columns: a date, its time
                if not head[i] and row[i]:
                    row[i - 1], row[i] = f"{row[i - 1]} {row[i]}", ""
            own = f" ({row[zone]})" if zone >= 0 and row[zone] else ""  # the zone of this row's times
            times = ("start", "end", "window")
            cells = {i: ", ".join(row[i].splitlines()) + own * (meant[i] in times) for i in order if row[i]}
            found += [f"{labels[i]}: {cell}" for i, cell in cells.items()]
        else:
            found += _row(row)
        found.append("")
    return found


def _row(row: list[str]) -> list[str]:
    cells = [c for c in row if c]
    if not cells:
        return []
    if len(cells) == 1:
        return cells[0].splitlines()
    if len(cells) % 2 == 0 and all(fields.of_label(c) for c in cells[::2]):
        found = []
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            rows = value.splitlines()
            listed = fields.of_label(label) in fields.LISTED
            found.append(f"{label.rstrip(':')}: {', '.join(rows) if listed else ' '.join(rows)}")
        return found
    first = cells[0].rstrip(":").replace("\n", " ")
    return [f"{first}: {' '.join(' '.join(c.splitlines()) for c in cells[1:])}"]
