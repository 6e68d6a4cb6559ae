"""Help for where one is, from the action registry: keys that work here, keys that work everywhere, signs."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from noctui.tui.keys import EVERYWHERE, help_words
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import fit
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, beside

SIGNS: tuple[tuple[str, str, str], ...] = (
    ("down", "DOWN   no traffic can pass", "crit"), ("away", "AWAY   gateway unreachable", "crit"),
    ("critical", "critical threshold", "crit"), ("high", "high threshold", "high"),
    ("unknown", "unknown: no fresh data", "unk"), ("warn", "warn threshold", "warn"),
    ("maintenance", "maintenance window", "maint"), ("ok", "ok", "ok"), ("disabled", "disabled", "dim"),
    ("active", "active: carries traffic", "text"), ("standing_in", "active, standing in", "accent"),
    ("outage", "outage in a trend", "crit"), ("stale", "after a number: stale", "unk"),
    ("none", "no value", "dim"), ("bad_day", "bad day, of seven", "high"),
    ("approximate", "within 1 %, of a histogram", "dim"),
    ("port_down", "a port went down", "high"), ("port_up", "a port came up", "ok"),
    ("person", "configured", "accent"), ("rule", "over lanes: an alarm", "warn"),
)  # fmt: skip
MORE = (
    "Filters: words must all match. !word not, -letters fuzzy, util>80, loss>=0.5, for<10 (minutes), bw>=500 (M),",
    "carrier=lumen, role!=pri. Severity words work too: down, critical, dark. Bars of bad % are full at 10 %.",
)

MORE_OF = {
    "alarms": (
        "+ came, - went since you last looked there; :seen says all are seen. g shows the members of an incident.",
        "Filters: state:open|taken|held|snoozed|cleared owner:jmo region: carrier: source: type: cause:. :save NAME",
        "keeps one, :use NAME takes it. :ack all 2h REASON takes all that the filter leaves; :own, :snooze, :note too.",
    ),
    "offenders": (
        "Bad: a day with a breach of high; chronic: 3 of the last 7, today last. Bars of time above are full at 25 %,",
        "of groups at 5 %. Groups rank by their share of the time. p95: of five-minute averages from a day on.",
        "Congested: above high in 24 h, or p95 from warn on, and getting worse. Trend: p95 of 28 whole days.",
    ),
    "maintenance": (
        "Bars: ≡ sure, ╌ tentative or in reserve, ─ done, · no impact, ▲ together with other work every circuit of a",
        "site; what is cancelled has none. Time used: from the first outage to the last one's end, of the windows.",
        "Kept to: nothing that went down in a window outlived it. Filters: now, conflict, circuits>10, site=0417.",
    ),
    "sla": (
        "Used: of the downtime that the whole period allows. Breaks at: while it is down, if it stays so; else at the",
        "pace so far. Unsure: time of which nothing is known decides. w goes through months. Filters: broken, breaks,",
        "risk, unsure, met, used>80, left<30 (minutes), promise>=99.9, carrier=lumen.",
    ),
    "mails": (
        "r reads a mail again, i files it as you fill it in: windows are 2026-11-24 06:00–10:00, UTC, parted by ;.",
        "failed: not understood. sender?: nobody knows who it is. circuit?: none of ours. older: a newer one is known.",
    ),
}  # fmt: skip
"""What else is to be said of one board."""

KEYS = 9
"""Cells for the keys: the widest and two blanks."""


def _keys(offers: tuple[str, ...], word: int, signs: Signs) -> list[Line]:
    return [
        ((fit(signs.prose(shown), KEYS), "accent bold"), (fit(words, word), "text"))
        for shown, words in help_words(offers)
    ]


def help_lines(kind: str, offers: tuple[str, ...], signs: Signs, width: int) -> list[Line]:
    """The page. Two columns of keys, and the signs where there is room."""
    here = tuple(o for o in offers if o not in EVERYWHERE)
    if kind in ("overview", "sites", "circuits", "offenders", "alarms", "incident", "maintenance", "mails", "sla",
                "outages", "work"):  # fmt: skip
        here = ("move", *here)
    wide = width >= 100
    room = (width - 6) // (3 if wide else 2)
    left: list[Line] = [(("here", "hi bold"),), *_keys(here, room - KEYS, signs)] if here else []
    right = [(("everywhere", "hi bold"),), *_keys(EVERYWHERE, room - KEYS, signs)]
    meaning: list[Line] = [(("signs", "hi bold"),)]
    meaning += [((fit(getattr(signs, name), 3), role), (fit(words, room - 3), "text")) for name, words, role in SIGNS]
    if not wide and len(left) < 6:
        left += [*([()] if left else []), *meaning]
    columns = [c for c in ([left, right, meaning] if wide else [left, right]) if c]
    more = (*MORE_OF.get(kind, ()), *MORE) if width >= 100 else ()
    return [*beside(columns, [room] * len(columns)), (), *(((text, "dim"),) for text in more)]


class Help(ModalScreen[None]):
    """Lies over the panes; any of `?`, Esc, q and a click closes it."""

    DEFAULT_CSS = """
    Help { align: center top; background: transparent; }
    Help > Sheet { width: 100%; height: auto; max-height: 100%; margin: 3 2 1 2; padding: 1 2; background: $role-pop; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,enter", "close", show=False)]

    def __init__(self, kind: str, offers: tuple[str, ...], signs: Signs, about: list[Line] | None = None) -> None:
        """`about`: the lines to show in place of the keys."""
        super().__init__()
        self._kind, self._offers, self._signs, self._about = kind, offers, signs, about
        self._sheet = Sheet(ground="pop")

    def compose(self) -> ComposeResult:
        yield self._sheet

    def on_mount(self) -> None:
        self._draw(self.app.size.width)

    def on_click(self) -> None:
        self.action_close()

    def on_resize(self, event: events.Resize) -> None:
        self._draw(event.size.width)

    def _draw(self, width: int) -> None:
        head: Line = ((f"help: {self._kind}", "hi bold"), ("   esc closes", "dim"))
        lines = self._about or help_lines(self._kind, self._offers, self._signs, width - 8)
        self._sheet.paint([head, (), *lines])

    def action_close(self) -> None:
        self.dismiss()
