"""A page of the wall: four numbers, what is worst in large letters, and regions or sites below."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from noctui.model.headline import Headline
from noctui.runtime.headlines import planned_headline
from noctui.tui.frame.sentence import data_headline, headline_line, with_rest
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.sheet import Sheet
from noctui.tui.place import CIRCUITS, MAINTENANCE, OVERVIEW, of_incident, of_region, of_site
from noctui.tui.runs import BLANK, Line, crop
from noctui.tui.screens.board import Board
from noctui.tui.wall.boxes import box_lines, boxes_of
from noctui.tui.wall.lists import entry_lines, incidents_of, regions_of, sites_of, works_of
from noctui.tui.wall.news import News
from noctui.tui.wall.told import told_lines, told_of

HOUR = 3600.0
_COPIED = 1000
"""Cells in which the sentence that is copied has room for all of its clauses."""
BARS = "number: circuits down or away; bar: share that is bad, full at 10 %"


class WallBoard(Board, can_focus=True):
    """The network (`wall`), a region of it, what is bad now, the newest first (`incidents`), or planned work
    (`windows`)."""

    DEFAULT_CSS = """
    WallBoard > #page { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("open")
    OFFERS = ("hold", "pages", "open", "out", "command", "screens", "quit")

    def __init__(self, kind: str) -> None:
        super().__init__(id=kind)
        self._sheet = Sheet(id="page")
        self._moment: Moment | None = None
        self.news: News | None = None
        """What pulled this page forward, while it is held for that."""

    def compose(self) -> ComposeResult:
        yield self._sheet

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._draw()

    def tick(self, moment: Moment) -> None:
        """Numbers change with a poll; only how old they are goes on."""
        before, self._moment = self._moment, moment
        if before is None or before.grey != moment.grey or moment.grey or moment.scene.status.fault:
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        moment, wide, high = self._moment, self.size.width, self.size.height
        if moment is not None and wide > 0 and high > 0:
            self._sheet.paint(page_lines(moment, wide, high, self.news))

    def copied(self) -> str:
        """The sentence of the page."""
        moment = self._moment
        if moment is None:
            return ""
        return "".join(text for text, _ in headline_line(_sentence(moment, _COPIED), _COPIED, moment.grey)[1:]).strip()

    def lacking(self) -> str:
        return "There is nothing to copy yet: nothing is known."

    def first_focus(self) -> Widget | None:
        return self

    def action_open(self) -> None:
        """What the page is about, as its own screen."""
        moment = self._moment
        if moment is None:
            return
        circuits = moment.view.inventory.circuit_row
        worst = moment.view.alarms.incidents
        if self.news is not None and self.news.incident in moment.view.alarms.by_id:
            self.post_message(self.Goto(of_incident(self.news.incident)))
        elif self.news is None and moment.place.kind == "incidents" and worst:
            self.post_message(self.Goto(of_incident(worst[0].alarm_id)))
        elif self.news is not None and self.news.circuit_id in circuits:
            circuit = moment.view.inventory.circuits[circuits[self.news.circuit_id]]
            self.post_message(self.Goto(of_site(circuit.site_id)))
        elif moment.place.region is not None:
            self.post_message(self.Goto(of_region(moment.place.region)))
        else:
            there = {"wall": OVERVIEW, "windows": MAINTENANCE}
            self.post_message(self.Goto(there.get(moment.place.kind, CIRCUITS)))


def page_lines(moment: Moment, wide: int, high: int, news: News | None) -> list[Line]:
    """The page in `wide` x `high` cells. All of it moves by one cell each hour, so that nothing burns in."""
    view, region, signs = moment.view, moment.place.region, moment.signs
    small, large = moment.size is Size.S, moment.size is Size.L
    shift = int(moment.now // HOUR) % 2
    margin = (2 if small else 4) - shift
    inner = wide - 2 * margin
    rule: Line = ((signs.rule * wide, "faint"),)
    boxes = box_lines(boxes_of(view, region), wide, 10 if large else 5, large, signs, moment.grey, -shift)
    blank = [_row_like(boxes[0])]
    lines: list[Line] = [*(blank if large else []), *boxes, *(blank if large else [])]
    lines.append(rule)
    planned = moment.place.kind == "windows"
    told = told_of(view, region, news, moment.at) if news is not None or not planned else None
    sentence = headline_line(_sentence(moment, inner + 2), inner + 2, moment.grey)[1:]
    if told is not None and not small:
        lines += [*([BLANK] if large else []), *_in(told_lines(told, inner, signs, moment.grey), margin)]
    elif told is not None and news is not None:
        said = "  ".join((*told.names, *told.facts))
        lines += _in([(("new  ", "accent bold"), (said, "hi bold"))], margin)
    lines += [*([BLANK] if large else []), *_in([sentence], margin), *([BLANK] if large else []), rule]
    lines += [BLANK] if large else []
    if planned:
        entries = works_of(view, moment.at)
    elif moment.place.kind == "wall" and region is None:
        entries = regions_of(view)
    else:
        newest = moment.place.kind == "incidents"
        entries = [*(incidents_of(view, moment.at) if newest else []), *sites_of(view, region, moment.at, newest)]
    lines += _in(
        entry_lines(entries, inner, high - len(lines), not small and not signs.ascii, signs, moment.grey), margin
    )
    if moment.place.kind == "wall" and region is None and len(lines) + 1 < high and len(BARS) <= inner:
        lines += [*([BLANK] * (high - len(lines) - 1)), *_in([((BARS, "dim"),)], margin)]
    if not entries and planned:
        lines += _in([(("No circuit is to be worked on in the coming weeks.", "dim"),)], margin)
    elif not entries and not moment.grey:
        where = "" if region is None else " here"
        lines += _in([(("No site is dark, and no circuit is down or critical" + where + ".", "dim"),)], margin)
    return [crop(line, wide) for line in lines[:high]]


def _sentence(moment: Moment, wide: int) -> Headline:
    """What is worst with the data, else with the network or the region."""
    scene, region = moment.scene, moment.place.region
    if scene.live:
        news = data_headline(scene.status, moment.heard_at, moment.now, moment.grey and not scene.view.silent)
        if news is not None:
            return news
    if moment.place.kind == "windows":
        return planned_headline(scene.view.works.works, moment.at)
    said = scene.headline(region=region or "", now=moment.now)
    return with_rest(said, scene.status, wide) if scene.live else said


def _row_like(line: Line) -> Line:
    """A blank row in the grounds of this one: the red of a filled box goes on through it."""
    return tuple((" " * len(text), role) for text, role in line)


def _in(lines: list[Line], margin: int) -> list[Line]:
    return [((" " * margin, "text"), *line) for line in lines]
