"""Every action by name: its keys, its words in footer and help. Bindings, footer and help are made from here.

A class that carries out an action says so with ``BINDINGS = bindings("sort", "window")`` and has ``action_sort``. A
board names what it offers in the order of its footer; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do. `keys` are Textual's; `shown` is how the keys are written."""

    name: str
    keys: tuple[str, ...]
    shown: str
    word: str
    help: str
    everywhere: bool = False
    call: str = ""  # the action string, when it is not the name alone
    first: bool = False  # before what the focused widget would do with the key

    @property
    def action(self) -> str:
        return self.call or self.name


_ALL = (
    Action("open", ("enter",), "↵", "open", "open the row"),
    Action("move", ("up", "down", "k", "j"), "↑↓", "move", "move; PgUp PgDn Home End"),
    Action("circuit_left", ("left", "h"), "←", "circuit", "choose a circuit, left", call="circuit(-1)"),
    Action("circuit_right", ("right", "l"), "→", "circuit", "choose a circuit, right", call="circuit(1)"),
    Action("series", ("enter",), "↵", "time series", "open its time series"),
    Action("pair", ("r",), "r", "pair", "primary against secondary"),
    Action("beside", ("r",), "r", "beside", "another circuit below"),
    Action("insights", ("i",), "i", "Mist's own", "Mist's series below ours"),
    Action("cursor", ("left", "right"), "←→", "cursor", "read values along the time"),
    Action("filter", ("/",), "/", "filter", "filter: lumen util>80", everywhere=True),
    Action("command", (":",), ":", "command", "command: site 0417", everywhere=True),
    Action("palette", ("ctrl+p",), "^p", "all keys", "look for a key or command", everywhere=True),
    Action("severity", ("f",), "f", "severity", "choose severities above", everywhere=True),
    Action("sort", ("s",), "s", "sort", "sort; again inverts"),
    Action("invert", ("S",), "S", "invert", "invert the sorting"),
    Action("column_left", ("<",), "<", "column", "sort by the column left"),
    Action("column_right", (">",), ">", "column", "sort by the column right"),
    Action("choose_columns", ("c",), "c", "columns", "choose columns"),
    Action("window", ("w",), "w", "window", "window, 1h to 13 months"),
    Action("metric", ("m",), "m", "metric", "one lane large, or all"),
    Action("chart", ("x",), "x", "charts", "charts of it"),
    Action("kind", ("t",), "t", "kind", "another kind of chart"),
    Action("measure", ("m",), "m", "metric", "the next metric", call="measure(1)"),
    Action("clock", ("u",), "u", "clock", "UTC, calendar, site time"),
    Action("mark", ("b",), "b", "mark", "mark a stretch of time"),
    Action("by", ("m",), "m", "by", "rank by; M ← → too", call="by(1)"),
    Action("by_back", ("M",), "M", "by", "rank by the one before", call="by(-1)"),
    Action("by_left", ("left", "h"), "←", "by", "rank by the one before", call="by(-1)"),
    Action("by_right", ("right", "l"), "→", "by", "rank by the next", call="by(1)"),
    Action("things", ("t",), "t", "of", "circuits, sites, regions"),
    Action("reparse", ("r",), "r", "try again", "read the mail again"),
    Action("fill", ("i",), "i", "fill in", "fill the mail in by hand"),
    Action("mails", ("t",), "t", "mails", "the carriers' mails"),
    Action("more", ("+", "="), "+", "more", "more rows", call="top(1)"),
    Action("fewer", ("-",), "-", "fewer", "fewer rows", call="top(-1)"),
    Action("acknowledge", ("a",), "a", "ack", "take its alarms", everywhere=True, call="act('ack')"),
    Action("take_back", ("A",), "A", "take back", "take it back", everywhere=True, call="act('unack')"),
    Action("note", ("n",), "n", "note", "a note on its alarms", everywhere=True, call="act('note')"),
    Action("pick", ("space",), "space", "mark", "mark alarms, to act on all"),
    Action("fold", ("g",), "g", "fold", "fold or unfold an incident"),
    Action("hold", ("space",), "space", "hold", "stay on this page", call="wall_hold", first=True),
    Action("page_back", ("left",), "←", "page", "the page before", call="wall_page(-1)", first=True),
    Action("page_on", ("right",), "→", "page", "the next page", call="wall_page(1)", first=True),
    Action("layout", ("v",), "v", "layout", "NOC, engineering, executive"),
    Action("zoom_in", ("+", "="), "+", "zoom", "zoom into the chart"),
    Action("zoom_out", ("-",), "-", "zoom", "zoom out of the chart"),
    Action("pan_back", ("{",), "{", "pan", "earlier part of the time"),
    Action("pan_on", ("}",), "}", "pan", "later part of the time"),
    Action("earlier", ("[",), "[", "time", "one poll back", everywhere=True, call="step(-1)"),
    Action("later", ("]",), "]", "time", "one poll forward", everywhere=True, call="step(1)"),
    Action("event_back", ("(",), "(", "event", "what happened before", everywhere=True, call="event(-1)"),
    Action("event_on", (")",), ")", "event", "what happened next", everywhere=True, call="event(1)"),
    Action("play", ("p",), "p", "replay", "replay; pause, go on", everywhere=True),
    Action("live", ("L",), "L", "live", "live again", everywhere=True),
    Action("export", ("e",), "e", "export", "write the table as CSV", everywhere=True),
    Action("copy", ("y",), "y", "copy", "copy the row", everywhere=True),
    Action("portal", ("o",), "o", "portal", "open in the Mist portal", everywhere=True),
    Action("maximise", ("z",), "z", "zoom pane", "this pane alone, or all", everywhere=True),
    Action("pane", ("tab",), "tab", "pane", "next pane", everywhere=True, call="pane(1)"),
    Action("pane_back", ("shift+tab",), "⇧tab", "pane", "pane before", everywhere=True, call="pane(-1)"),
    Action("last", ("backspace",), "⌫", "last view", "the view before this one", everywhere=True),
    Action("out", ("escape",), "esc", "out", "filter off, then out", everywhere=True),
    Action("overview", ("1",), "1", "overview", "overview", everywhere=True, call="screen('overview')"),
    Action("sites", ("2",), "2", "sites", "all sites", everywhere=True, call="screen('sites')"),
    Action("circuits", ("3",), "3", "circuits", "all circuits", everywhere=True, call="screen('circuits')"),
    Action("offenders", ("4",), "4", "offenders", "offenders", everywhere=True, call="screen('offenders')"),
    Action("alarms", ("5",), "5", "alarms", "what wants a person", everywhere=True, call="screen('alarms')"),
    Action("maintenance", ("6",), "6", "maintenance", "planned work of carriers", everywhere=True,
           call="screen('maintenance')"),
    Action("sla", ("7",), "7", "SLA", "promises and what is left of them", everywhere=True, call="screen('sla')"),
    Action("collector", ("0",), "0", "collector", "how the data comes in", everywhere=True, call="screen('collector')"),
    Action("help", ("?",), "?", "help", "this page", everywhere=True),
    Action("quit", ("q",), "q", "quit", "quit", everywhere=True),
)  # fmt: skip
ACTIONS: dict[str, Action] = {a.name: a for a in _ALL}

_BY_DEFAULT = dict(ACTIONS)


def rebind(own: Mapping[str, Action]) -> None:
    """Footer, help and palette name these actions by the user's keys from now on; all others by their default."""
    ACTIONS.update(_BY_DEFAULT | dict(own))


PAIRS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "time": ("[ ]", "time", ("earlier", "later")),
    "acts": ("a A n", "ack, back, note", ("acknowledge", "take_back", "note")),
    "events": ("( )", "event", ("event_back", "event_on")),
    "sorts": ("s S", "sort", ("sort", "invert")),
    "columns": ("< >", "column", ("column_left", "column_right")),
    "panes": ("tab", "next pane", ("pane", "pane_back")),
    "screens": (
        "1-7 0",
        "screens",
        ("overview", "sites", "circuits", "offenders", "alarms", "maintenance", "sla", "collector"),
    ),
    "circuits_beside": ("←→", "circuit", ("circuit_left", "circuit_right")),
    "pages": ("←→", "page", ("page_back", "page_on")),
    "top": ("+ -", "rows", ("more", "fewer")),
    "zoom": ("+ -", "zoom", ("zoom_in", "zoom_out")),
    "pan": ("{ }", "pan", ("pan_back", "pan_on")),
    "versions": ("{ }", "version", ("pan_back", "pan_on")),
    "months": ("{ }", "month", ("pan_back", "pan_on")),
}
"""Actions that share one place in footer and help: keys, word, names."""

EVERYWHERE = (
    "filter", "command", "palette", "severity", "acts", "time", "events", "play", "live", "export", "copy", "portal",
    "maximise", "panes", "last", "out", "screens", "help", "quit",
)  # fmt: skip
"""What works on every board, in the help's order."""
_HELP = {
    "time": "a poll back, forward", "acts": "take, take back, note", "events": "what happened before, next",
    "sorts": "sort; invert", "columns": "sort by the next column",
    "circuits_beside": "choose a circuit", "panes": "next pane", "screens": "the other screens", "zoom": "zoom",
    "pages": "the page before, the next", "top": "show more rows, or fewer",
    "pan": "earlier, later", "versions": "the version before, after",
    "months": "the month before, after",
}  # fmt: skip


def pair_keys(pair: str) -> str:
    """The keys of actions that share a place: as they are drawn, or one by one when the user moved any."""
    shown, _, names = PAIRS[pair]
    if all(ACTIONS[name] is _BY_DEFAULT[name] for name in names):
        return shown
    return " ".join(dict.fromkeys(ACTIONS[name].shown for name in names))


def help_words(offers: tuple[str, ...]) -> list[tuple[str, str]]:
    """(keys, what they do) for the help page."""
    return [(pair_keys(o), _HELP[o]) if o in PAIRS else (ACTIONS[o].shown, ACTIONS[o].help) for o in offers]


def bindings(*names: str) -> list[BindingType]:
    """Textual bindings of the named actions; their ids are the names, so that a keymap can move them."""
    return [
        Binding(",".join(action.keys), action.action, action.word, show=False, id=action.name, priority=action.first)
        for action in (ACTIONS[name] for name in names)
    ]


def footer_words(offers: tuple[str, ...]) -> list[tuple[str, str]]:
    """(keys, word) of what a board offers, in its order."""
    words: list[tuple[str, str]] = []
    for name in offers:
        if name in PAIRS:
            words.append((pair_keys(name), PAIRS[name][1]))
        else:
            words.append((ACTIONS[name].shown, ACTIONS[name].word))
    return words


def offered(offers: tuple[str, ...]) -> list[Action]:
    """The actions behind what a board offers, pairs unfolded."""
    names = [n for offer in offers for n in (PAIRS[offer][2] if offer in PAIRS else (offer,))]
    return [ACTIONS[n] for n in names]
