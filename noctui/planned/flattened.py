"""HTML → text with labels, a line for each row: tables of two columns become `label: value`, wider ones with a head row
become its labels again for each row. No scripts, no styles, no entities of one's own; time grows with the length
alone."""

from __future__ import annotations

from html.parser import HTMLParser

from noctui.planned import fields

MAX_HTML = 512 * 1024
MAX_CELLS = 50_000
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
_UNSEEN = frozenset(("script", "style", "title", "template", "noscript"))


def text(html: str) -> str:
    """The text of an HTML part, in lines."""
    reader = _Reader()
    for at in range(0, min(len(html), MAX_HTML), 4096):
        reader.feed(html[at : min(at + 4096, MAX_HTML)])
        if len(reader.rawdata) > 16_384:  # an open tag or comment without an end: no text comes of it
            break
    return reader.finish()


class _Reader(HTMLParser):
    """Gathers text; of nested tables only the innermost counts as a table, what is around it as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[str] = []
        self.now: list[str] = []
        self.hidden = 0
        self.table: list[list[str]] | None = None
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.hidden += 1
        elif tag == "body":
            self.hidden = 0  # whatever was not closed before
        elif tag == "table":
            self._end_table()
            self._line()
            self.table = []
        elif tag == "tr":
            self._end_row()
            self.row = []
        elif tag in ("td", "th"):
            self._end_cell()
            if self.row is None:
                self.row = []
            self.cell = []
        elif tag in _BLOCK:
            if self.cell is not None:
                self.cell.append("\n")
            else:
                self._line()
        if tag == "blockquote":
            self.rows.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.hidden = max(self.hidden - 1, 0)
        elif tag == "table":
            self._end_table()
        elif tag == "tr":
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in _BLOCK:
            if self.cell is not None:
                self.cell.append("\n")
            else:
                self._line()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            (self.now if self.cell is None else self.cell).append(" ".join(f"x{data}x".split())[1:-1])

    def _line(self) -> None:
        line = " ".join("".join(self.now).split())
        self.now = []
        if line or (self.rows and self.rows[-1]):
            self.rows.append(line)

    def _end_cell(self) -> None:
        if self.cell is None:
            return
        lines = [" ".join(x.split()) for x in "".join(self.cell).split("\n")]
        self.cell = None
        self.cells += 1
        if self.row is not None and self.cells <= MAX_CELLS:
            self.row.append("\n".join(x for x in lines if x))

    def _end_row(self) -> None:
        self._end_cell()
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
        self.close()
        self._end_table()
        self._line()
        return "\n".join(self.rows)


def _table(table: list[list[str]]) -> list[str]:
    head = table[0]
    meant = [fields.of_label(c) for c in head]
    if len(table) > 1 and len(head) > 1 and sum(map(bool, meant)) >= 2 and all(len(r) == len(head) for r in table[1:]):
        order = sorted(range(len(head)), key=lambda i: (meant[i] != "circuit", i))
        found: list[str] = []
        for row in table[1:]:
            found += [
                f"{head[i].rstrip(':')}: {', '.join(row[i].splitlines())}".replace("\n", " ") for i in order if row[i]
            ]
            found.append("")
        return found
    if len(table) > 1 and len(head) == 1 and meant[0] == "circuit":
        return [f"{head[0].rstrip(':')}:", *(r[0] for r in table[1:] if r)]
    return [line for row in table for line in _row(row)]


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
