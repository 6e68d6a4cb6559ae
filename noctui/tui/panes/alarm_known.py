"""What is known of the alarm under the cursor: its facts, its cause, who was told, what people did, how it went."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noctui.model.alarms import INCIDENT, Alarm, Message
from noctui.model.scene import Range, Reader
from noctui.tui.look.numbers import clock, count, duration, event_time
from noctui.tui.look.text import clean, clip, width
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.panes.alarm_life import life_lines
from noctui.tui.panes.asking import Question
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, beside, labelled, title

MONTH = 30 * 86_400.0
_LABEL = 9
_TWO = 110
"""Cells from which on how it went stands beside the facts."""


@dataclass(frozen=True)
class Known:
    """What the Scene's reader tells of one alarm: all its versions, earlier ones of the same key, its messages."""

    versions: tuple[Alarm, ...] = ()
    before: tuple[Alarm, ...] = ()
    messages: tuple[Message, ...] = ()


async def read(reader: Reader, alarm: Alarm, at: float) -> Known:
    """Ask for it. An incident has no circuit of its own: nothing came before it."""
    month = Range(at - MONTH, at, "30 d")
    before: tuple[Alarm, ...] = ()
    circuit = alarm.circuit_ids[0] if alarm.circuit_ids else ""
    if circuit or alarm.site_id:
        same = await reader.alarms(month, 1000, site_id="" if circuit else alarm.site_id, circuit_id=circuit)
        before = tuple(a for a in same if a.key == alarm.key and a.alarm_id != alarm.alarm_id)
    versions = await reader.alarm_versions(alarm.alarm_id)
    return Known(versions, before, await reader.messages(month, 100, alarm.alarm_id))


def before_words(before: Sequence[Alarm], at: float) -> str:
    """`6 times in 30 d, longest 41m`."""
    if not before:
        return "not in 30 d"
    longest = max((a.cleared if a.cleared is not None else at) - a.opened for a in before)
    times = "once" if len(before) == 1 else f"{len(before):,} times"
    return f"{times} in 30 d, longest {duration(max(longest, 0.0))}"


def told_words(messages: Sequence[Message]) -> str:
    """`#noc-wan 02:56, PagerDuty jmo 02:56`; what could not be sent says why."""
    said: list[str] = []
    for message in reversed(messages):
        when = clock(message.sent_at or message.made_at, seconds=False)
        if message.state == "sent":
            said.append(f"{message.target} {when}")
        else:
            said.append(f"{message.target} {message.state}{f': {message.error}' if message.error else ''}")
    return ", ".join(said)


def fact_lines(alarm: Alarm, known: Known | None, moment: Moment, runbook: str) -> list[tuple[str, Line]]:
    """Labelled: when it began, its cause, when it clears, what came before, what to do, who was told."""
    at = moment.at
    ago = duration(max(0.0, at - alarm.opened))
    began = f"{event_time(alarm.opened, at)}, {ago} ago"
    times = f", ×{count(alarm.count)} joined" if alarm.count > 1 and alarm.type != INCIDENT else ""
    cause = "; ".join(c for c in (alarm.cause, alarm.evidence) if c)
    lines: list[tuple[str, Line]] = [
        ("began", ((began + times, "text"),)),
        ("cause", ((clean(cause) or "not known", "text" if cause else "dim"),)),
        ("clears", ((facts.clears_words(alarm, moment.view), "text"),)),
    ]
    if (held := facts.hold_words(alarm)) and alarm.cleared is None:
        lines.append(("held", ((clean(held), "text"),)))
    if alarm.ack is not None:
        ticket = f", {alarm.ack.ticket}" if alarm.ack.ticket else ""
        until = f" until {facts.until_words(alarm)}" if alarm.cleared is None else ""
        lines.append(("taken", ((clean(f"{alarm.ack.who}{until}: {alarm.ack.why}{ticket}"), "text"),)))
    if known is not None and alarm.type != INCIDENT:
        lines.append(("before", ((before_words(known.before, at), "text"),)))
    if runbook:
        lines.append(("runbook", ((clean(runbook), "hi"),)))
    if known is not None:
        told = told_words(known.messages)
        lines.append(("told", ((clean(told) or "nobody", "text" if told else "dim"),)))
    said = [f"{clock(note.at, seconds=False)} {note.who}: {note.text}" for note in alarm.notes[::-1]]
    lines += [("note", ((clean(text), "text"),)) for text in said]
    return lines


def wrapped(pairs: Sequence[tuple[str, Line]], wide: int) -> list[tuple[str, Line]]:
    """Texts that are longer than the line go on below, their first two lines at most."""
    out: list[tuple[str, Line]] = []
    for label, line in pairs:
        (text, role), *_ = line
        if width(text) <= wide:
            out.append((label, line))
            continue
        parts = textwrap.wrap(text, max(wide, 10)) or [""]
        rest = " ".join(parts[1:])
        out += [(label, ((parts[0], role),)), *([("", ((clip(rest, wide), role),))] if rest else [])]
    return out


class AlarmKnown(Sheet):
    """The pane under the table. What the record has stands at once; the rest is asked for, one question at a time."""

    DEFAULT_CSS = """
    AlarmKnown { height: 9; padding: 0 1; margin: 1 0 0 0; }
    .-l AlarmKnown { height: 13; }
    .-s AlarmKnown { height: 7; margin: 0; }
    """
    SCOPED_CSS = False

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.runbook: Mapping[str, str] = {}
        self._question = Question(self, self._fail)
        self._shown: tuple[Alarm | None, Moment] | None = None
        self._known: tuple[tuple[str, float], Known] | None = None
        self._failed = ""

    def show(self, alarm: Alarm | None, moment: Moment) -> None:
        """Tell of this alarm; None: no row is under the cursor."""
        self._shown = alarm, moment
        self._inquire()
        self._draw()

    def forget(self) -> None:
        self._question.forget()

    def _key(self, alarm: Alarm, moment: Moment) -> tuple[str, float]:
        return alarm.alarm_id, alarm.known_at if moment.scene.live else moment.at

    def _inquire(self) -> None:
        """Whatever is asked comes to its end first: a cursor that is held down asks no hundred times."""
        if self._shown is None or self._shown[0] is None or self._question.busy:
            return
        alarm, moment = self._shown[0], self._shown[1]
        key = self._key(alarm, moment)
        if self._known is not None and self._known[0] == key:
            return
        self._question.ask(key, lambda: read(moment.scene.read, alarm, moment.at), lambda found: self._take(key, found))

    def _take(self, key: tuple[str, float], found: Known) -> None:
        self._known, self._failed = (key, found), ""
        self._draw()
        self.call_later(self._inquire)  # the cursor may stand elsewhere by now

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or not self.size.width:
            return
        alarm, moment = self._shown
        wide, room = self.size.width, self.size.height - 1
        rule = " " if moment.size is Size.S else "─"
        if alarm is None:
            self.paint([title("what we know", "", wide, rule=rule)])
            return
        key = self._key(alarm, moment)
        known = self._known[1] if self._known is not None and self._known[0] == key else None
        note = clean(f"{facts.call(alarm, moment.view)}, {facts.said(alarm)}")
        head = title("what we know", note, wide, rule=rule)
        pairs = fact_lines(alarm, known, moment, self.runbook.get(alarm.type, ""))
        if self._failed and known is None:
            pairs.append(("told", ((self._failed, "warn"),)))
        two = wide >= _TWO and known is not None
        half = (wide - 3) // 2 if two else wide
        lines = labelled(wrapped(pairs, half - _LABEL), _LABEL)
        if two and known is not None:
            lines = beside([lines, life_lines(known.versions, moment, room)], [half, wide - 3 - half])
        self.paint([head, *lines[: max(room, 0)]])
