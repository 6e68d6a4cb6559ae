"""The form of an act on alarms: it lies over the lower right, the alarms stay in sight; Esc leaves all as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from noctui.tui.acting import CHOICES, OFFERED, WrongTimeError, until_of
from noctui.tui.frame.typed import Typed
from noctui.tui.look.numbers import clock
from noctui.tui.look.text import clip, fit, width
from noctui.tui.runs import Line, apart, pad

_LABEL = 9
FIELDS: dict[str, tuple[str, ...]] = {
    "ack": ("owner", "reason", "ticket", "until"), "unack": (), "note": ("note",), "own": ("owner",),
    "snooze": ("reason", "until"), "unsnooze": (),
    "fill": ("carrier", "work", "status", "windows", "circuits", "impact", "about", "why"),
}  # fmt: skip
REQUIRED = frozenset({"owner", "reason", "note", "until", "carrier", "work", "status", "why"})
HEADS = {
    "ack": "acknowledge", "unack": "take back", "note": "note on", "own": "owner of", "snooze": "snooze",
    "unsnooze": "end the snooze of", "fill": "fill in",
}  # fmt: skip
_TAIL = {
    "ack": ("re-arm", "if worse, or a new reason"), "unack": ("then", "it waits for someone again"),
    "note": ("", ""), "own": ("", ""), "snooze": ("wakes", "if worse, or a new reason"),
    "unsnooze": ("then", "it waits for someone again"),
    "fill": ("windows", "2026-11-24 06:00–10:00, UTC; several parted by ;"),
}  # fmt: skip
_STARTS = {"ack": "reason", "snooze": "reason"}


@dataclass(frozen=True)
class Filled:
    """What was written, and the instant that `until` says (0: the act has no end)."""

    fields: Mapping[str, str]
    until: float


class ActForm(Typed):
    """Tab and ↓ go on, ↑ back; ↑↓ on `until` step through what is offered; Enter does it, Esc does nothing."""

    DEFAULT_CSS = """
    ActForm { layer: over; position: absolute; width: 60; height: auto; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.send_form", show=False),
        Binding("escape", "app.leave_form", show=False),
        Binding("tab", "walk(1)", show=False),
        Binding("shift+tab", "walk(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, ground="pop")
        self.kind = ""
        self._what = ""
        self._now = 0.0
        self._fields: dict[str, str] = {}
        self._at = ""
        self._said = ""

    def open(self, kind: str, what: str, now: float, owner: str, fields: Mapping[str, str]) -> None:
        """Begin a form of this kind about `what`; `owner` is filled in, and what is known of the other fields."""
        self.kind, self._what, self._now, self._said = kind, what, now, ""
        usual = {"owner": owner if kind == "ack" else "", "until": OFFERED}
        self._fields = {name: fields.get(name) or usual.get(name, "") for name in FIELDS[kind]}
        self._at = _STARTS.get(kind, next(iter(self._fields), ""))
        self.begin(self._fields.get(self._at, ""))

    def filled(self) -> Filled | None:
        """What was written; None while something is missing or wrong, which is said, and the cursor goes there."""
        self._keep()
        for name, text in self._fields.items():
            if name in REQUIRED and not text.strip():
                self.mend(name, f"{_a(name)} is needed")
                return None
        until = 0.0
        if "until" in self._fields:
            try:
                until = until_of(self._fields["until"], self._now)
            except WrongTimeError as error:
                self.mend("until", str(error))
                return None
        return Filled({name: text.strip() for name, text in self._fields.items()}, until)

    def mend(self, name: str, said: str) -> None:
        """Say what is wrong with this field, and put the cursor there."""
        self._go(name)
        self._said = said
        self.go_on()
        self.draw()

    def _keep(self) -> None:
        if self._at:
            self._fields[self._at] = self.text

    def _go(self, name: str) -> None:
        self._keep()
        self._at = name
        self._said = ""
        self.begin(self._fields.get(name, ""))

    def changed(self) -> None:
        self._said = ""

    def action_walk(self, step: int) -> None:
        names = list(self._fields)
        if names:
            self._go(names[(names.index(self._at) + step) % len(names)])

    def action_step(self, step: int) -> None:
        if self._at != "until":
            self.action_walk(step)
            return
        near = CHOICES.index(self.text) if self.text in CHOICES else CHOICES.index(OFFERED) - step
        self.set_text(CHOICES[min(max(near + step, 0), len(CHOICES) - 1)])

    def on_click(self, event: events.Click) -> None:
        """A field: the cursor goes there."""
        event.stop()
        names = list(self._fields)
        if 2 <= event.y < 2 + len(names):
            self._go(names[event.y - 2])

    def place(self, wide: int, high: int) -> None:
        """Into the lower right of a screen of this size, over the rows that tell of the alarm."""
        cells = wide if wide < 100 else max(56, wide // 2)
        self.styles.width = cells
        rows = len(self._fields) + 4 + (1 if _TAIL[self.kind][0] else 0)
        self.styles.offset = (wide - cells, max(high - rows - 1, 0))
        self.draw(cells)

    def on_resize(self) -> None:
        self.draw()

    def draw(self, wide: int = 0) -> None:
        if not self.kind:
            return
        wide = wide or self.size.width or 60
        close = "esc closes"
        head = clip(f" {HEADS[self.kind]} {self._what}", wide - len(close) - 4)
        lines: list[Line] = [apart(((head, "hi bold"),), ((f"{close} ", "dim"),), wide)]
        said: Line = ((" ", "text"), (clip(self._said, wide - 2), "warn bold"))
        lines.append(pad(said, wide))
        lines += [pad(self._line(name, wide), wide) for name in self._fields]
        label, tail = _TAIL[self.kind]
        if label:
            lines.append(pad(((f" {fit(label, _LABEL)}", "dim"), (tail, "dim")), wide))
        keys: Line = ((" ↵", "accent bold"), (" does it", "dim"))
        if len(self._fields) > 1:
            keys = (*keys, ("  tab", "accent bold"), (" next field", "dim"))
        if self._at == "until":
            keys = (*keys, ("  ↑↓", "accent bold"), (" 15m to 24h", "dim"))
        lines += [pad((), wide), pad(keys, wide)]
        self.paint(lines)

    def _line(self, name: str, wide: int) -> Line:
        here = name == self._at
        label = (f" {fit(name, _LABEL)}", "accent bold" if here else "dim")
        after: Line = ()
        if name == "until":
            try:
                after = ((f"  → {clock(until_of(self._value(name), self._now), seconds=False)} UTC", "dim"),)
            except WrongTimeError:
                after = (("  15m to 24h, or 07:15", "dim"),)
        if not here:
            text = self._fields[name]
            return (label, (text or ("required" if name in REQUIRED else "–"), "text" if text else "faint"), *after)
        return (label, *self._seen(wide - _LABEL - 3 - sum(width(t) for t, _ in after)), *after)

    def _value(self, name: str) -> str:
        return self.text if name == self._at else self._fields[name]

    def _seen(self, room: int) -> Line:
        """The text with its cursor; of one that is longer than its room, the part around it."""
        before, under, after = self.typed_runs()
        while width(before[0]) >= room and before[0]:
            before = (before[0][max(width(before[0]) - room + 2, 1) :], before[1])
        return before, under, after


def _a(name: str) -> str:
    return "an owner" if name == "owner" else f"a {name}"
