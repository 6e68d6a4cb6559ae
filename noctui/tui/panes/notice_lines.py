"""A carrier's notice beside what was read in it: fields with the lines that they stand in, and the mail's own lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from noctui.model.notices import Affected, Fault, Maintenance, Source
from noctui.model.works import MailRead
from noctui.tui.look.numbers import duration_prose, event_time
from noctui.tui.look.text import clean, clip, fit, width
from noctui.tui.moment import Moment
from noctui.tui.panes import work_words as words
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run, apart

_LABEL = 11
_MANY = 40
"""Circuits that are listed one by one."""
_NAMES = {
    "provider": "carrier", "maintenance_id": "work", "status": "status", "start": "begins", "end": "ends",
    "circuits": "circuits", "impact": "impact", "summary": "about", "location": "where", "account": "account",
    "stamp": "written", "sequence": "sequence", "zone": "zone",
}  # fmt: skip


def field_lines(told: Maintenance, now: float, wide: int) -> list[Line]:
    """`begins     Nov 23 03:05 UTC                    text 5`: each field, and where it was read."""
    at = _sources(told.sources)
    lines = [
        _field("carrier", told.provider, at.pop("provider", ()), wide),
        _field("work", told.maintenance_id, at.pop("maintenance_id", ()), wide),
        _field("status", told.status.lower(), at.pop("status", ()), wide),
    ]
    starts, ends = at.pop("start", ()), at.pop("end", ())
    both = at.pop("window", ()) or at.pop("windows", ())
    for i, window in enumerate(told.windows):
        where = (*_nth(starts, i), *_nth(ends, i), *_nth(both, i))
        lines.append(_field("window" if i == 0 else "", words.window_words(window), where, wide))
        if window.circuits:
            lines.append(_field("", f"for {', '.join(window.circuits)}", (), wide))
    if not told.windows:
        lines.append(_field("window", "", (*starts, *ends, *both), wide))
    circuits, impacts = at.pop("circuits", ()) or at.pop("circuit", ()), at.pop("impact", ())
    for i, circuit in enumerate(told.circuits[:_MANY]):
        where = (*_nth(circuits, i), *_nth(impacts, i))
        lines.append(_field("circuits" if i == 0 else "", _circuit_words(circuit), where, wide))
    if more := len(told.circuits) - _MANY:
        lines += [_field("", f"and {more:,} more", (), wide)] if more > 0 else []
    for name, value in (
        ("summary", told.summary), ("location", told.location), ("account", told.account), ("zone", told.zone),
        ("stamp", event_time(told.stamp, now) if told.stamp is not None else ""),
        ("sequence", "" if told.sequence is None else str(told.sequence)),
    ):  # fmt: skip
        where = at.pop(name, ())
        if value:
            lines.append(_field(_NAMES[name], value, where, wide))
    lines += [_field(_NAMES.get(name, name), "", where, wide) for name, where in at.items()]
    if told.supersedes:
        lines.append(_field("replaces", ", ".join(told.supersedes), (), wide))
    lines += [(("look at    ", "dim"), (clean(text), "warn")) for text in told.review]
    return lines


def _sources(sources: Iterable[Source]) -> dict[str, tuple[Source, ...]]:
    found: dict[str, tuple[Source, ...]] = {}
    for source in sources:
        found[source.field] = (*found.get(source.field, ()), source)
    return found


def _nth(sources: Sequence[Source], i: int) -> tuple[Source, ...]:
    """The source of the i-th of several; one that stands alone is that of all."""
    if i < len(sources):
        return (sources[i],)
    return (sources[0],) if len(sources) == 1 else ()


def _field(label: str, value: str, sources: Sequence[Source], wide: int) -> Line:
    where = ", ".join(dict.fromkeys(f"{s.part} {s.line}" if s.line else s.part for s in sources))
    left: Line = ((fit(label, _LABEL), "dim"), (clean(value) or "–", "text" if value else "faint"))
    return apart(left, ((where, "accent"),) if where else (), wide)


def _circuit_words(circuit: Affected) -> str:
    seconds = f", {duration_prose(circuit.seconds)}" if circuit.seconds is not None else ""
    also = f" ({', '.join(circuit.aliases)})" if circuit.aliases else ""
    return f"{circuit.circuit}{also}: {words.impact_word(circuit.impact)}{seconds}"


def mail_lines(read: MailRead, cut: str = "…", wide: int = 80) -> list[Line]:
    """The mail as it stands, its lines numbered; those that something was read in, or failed in, stand out."""
    used = {(s.part, s.line) for m in read.notice.maintenances for s in m.sources}
    wrong = {(f.part, f.line) for f in read.notice.faults if f.line}
    lines: list[Line] = []
    for part, texts in read.parts.items():
        if lines:
            lines.append(())
        lines.append(((part, "hi"),))
        for number, text in enumerate(texts, 1):
            key = part, number
            ink = "warn" if key in wrong else "text" if key in used else "dim"
            mark = "warn bold" if key in wrong else "accent" if key in used else "faint"
            lines.append(((f"{number:>4}  ", mark), (clip(text, max(wide - 6, 4), cut), ink)))
    return lines


def fault_lines(faults: Iterable[Fault], why: str, wide: int) -> list[Line]:
    """Why it could not be read, a line or more each."""
    told = [f.said for f in faults] or ([why] if why else [])
    lines: list[Line] = []
    for text in told:
        lines += [((part, "warn"),) for part in _wrapped(text, wide)]
    return lines


def _wrapped(text: str, wide: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, max(wide, 10)) or [""]


class Fields(Pane):
    """What was read."""

    HEADING = "what was read"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._told: Sequence[Maintenance] = ()
        self._before: Callable[[int], list[Line]] = lambda _wide: []
        self._note = ""

    def tell(
        self, told: Sequence[Maintenance], note: str = "", before: Callable[[int], list[Line]] | None = None
    ) -> None:
        """These works; over them what `before` says in so many cells."""
        self._told, self._note, self._before = told, note, before or (lambda _wide: [])
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        lines = self._before(wide)
        for told in self._told:
            lines += [(), *field_lines(told, moment.at, wide)] if lines else field_lines(told, moment.at, wide)
        return Content(lines or [(("Nothing was read in it.", "dim"),)], self._note)


class Mailed(Pane):
    """The mail itself."""

    HEADING = "the mail"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._read: MailRead | None = None
        self._said = "Reading the mail."

    def tell(self, read: MailRead | None, said: str = "") -> None:
        """This mail; None: what is said of it that is not there."""
        self._read, self._said = read, said
        self.draw()

    @property
    def text(self) -> str:
        """All of it, for copying."""
        if self._read is None:
            return ""
        return "\n\n".join("\n".join(texts) for part, texts in self._read.parts.items() if part != "subject")

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if self._read is None:
            return Content([((self._said, "dim"),)])
        mail = self._read.mail
        head: list[Run] = [(clean(mail.sender) or "nobody", "text")]
        when = event_time(mail.sent_at, moment.at)
        note = clip(f"{mail.mailbox} {mail.place}", max(wide - width(self.HEADING) - 6, 0), moment.signs.cut)
        top: Line = (("from  ", "dim"), *head, (f", {when}" if mail.sent_at is not None else "", "dim"))
        lines = mail_lines(self._read, moment.signs.cut, wide)
        return Content([top, *lines], note, head=1)
