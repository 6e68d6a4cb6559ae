"""Carriers' mails as rows of the live table, of a CSV file, and as what a filter looks through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noctui.model.notices import Outcome
from noctui.model.works import Mail
from noctui.tui.export import Exported, instant
from noctui.tui.filter import Lines, Subject
from noctui.tui.look.numbers import count, event_time, tone
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.panes.thing_rows import ThingRows, Told
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("state", "became", 12), Column("read", "read", 12), Column("carrier", "carrier", 10),
    Column("sender", "from", 24, drop=3), Column("subject", "subject", 18, flex=True),
    Column("why", "why", 34, drop=1), Column("tried", "tried", 5, "right", drop=4),
)  # fmt: skip
SPARE = (
    Column("sent", "sent", 12, drop=6), Column("mailbox", "mailbox", 10, drop=6), Column("work", "work", 14, drop=6),
    Column("by", "by", 8, drop=7),
)  # fmt: skip
SORT = ("read", True)
_WORDS = {
    Outcome.PARSED: "read", Outcome.IGNORED: "ignored", Outcome.FAILED: "failed",
    Outcome.UNKNOWN_PROVIDER: "sender?", Outcome.UNKNOWN_CIRCUIT: "circuit?", Outcome.OUT_OF_SEQUENCE: "older",
}  # fmt: skip
OUTCOMES = tuple(_WORDS)


def outcome_word(outcome: Outcome) -> str:
    return _WORDS[outcome]


def outcome_cell(mail: Mail, signs: Signs) -> Cell:
    """`? failed`, `· read`."""
    word = _WORDS[mail.outcome] + (" by hand" if mail.by else "")
    if mail.waits:
        return (f"{signs.unknown} {word}", "unk bold")
    return (f"{signs.ok} {word}", "dim" if mail.outcome is Outcome.IGNORED else "ok")


def told_of(now: float, signs: Signs) -> Told[Mail]:
    def text(mail: Mail, column: str) -> str:
        match column:
            case "carrier":
                return mail.provider
            case "work":
                return " ".join(number for _, number in mail.works)
        return str(getattr(mail, column))

    def cell(mail: Mail, column: str) -> Cell:
        match column:
            case "state":
                return outcome_cell(mail, signs)
            case "read":
                return (event_time(mail.read_at, now), "dim")
            case "sent":
                return (event_time(mail.sent_at, now), "dim")
            case "tried":
                return (count(mail.tried), tone(count(mail.tried)))
        said = clean(text(mail, column))
        role = {"carrier": "hi", "subject": "text", "why": "warn" if mail.waits else "dim"}.get(column, "dim")
        return (said or "–", role if said else "faint")

    def value(mail: Mail, column: str) -> float | str:
        match column:
            case "state":
                return -float(OUTCOMES.index(mail.outcome)) if not mail.waits else 1.0 + OUTCOMES.index(mail.outcome)
            case "read":
                return float(mail.read_at)
            case "sent":
                return float("nan") if mail.sent_at is None else float(mail.sent_at)
            case "tried":
                return float(mail.tried)
        return text(mail, column)

    return Told(lambda mail: mail.key, cell, value, frozenset({"state", "read", "sent", "tried"}))


def rows_of(mails: Sequence[Mail], now: float, signs: Signs, grey: bool) -> ThingRows[Mail]:
    return ThingRows(mails, told_of(now, signs), grey)


_SAID = tuple(
    f"{o.value.replace('_', ' ')} {_WORDS[o]} {'read' if o in (Outcome.PARSED, Outcome.IGNORED) else 'waiting'}"
    for o in OUTCOMES
)


def subject(rows: ThingRows[Mail]) -> Subject:
    """Carrier, sender, subject, why, work; what became of it in words; `tried>1`."""
    made = [
        (m.provider, f"{m.sender}\t{m.subject}\t{m.why}\t{m.mailbox}\t{' '.join(n for _, n in m.works)}")
        for m in rows.things
    ]
    return Subject(
        text=Lines(["\t".join(t) for t in made]),
        columns={"carrier": Lines([t[0] for t in made]), "source": Lines([m.mailbox for m in rows.things])},
        numbers={"tried": np.array([m.tried for m in rows.things], np.float64)},
        words=_SAID,
        code=np.array([OUTCOMES.index(m.outcome) for m in rows.things], np.intp),
    )


HEADERS = (
    "key", "outcome", "waits", "provider", "sender", "subject", "why", "sent", "read", "tried", "tried_at", "mailbox",
    "place", "works", "by",
)  # fmt: skip


def exported(rows: ThingRows[Mail], order: Sequence[int]) -> Exported:
    made = [
        (m.key, str(m.outcome), m.waits, m.provider, m.sender, m.subject, m.why,
         None if m.sent_at is None else instant(m.sent_at), instant(m.read_at), m.tried, instant(m.tried_at),
         m.mailbox, m.place, " ".join(f"{p} {n}" for p, n in m.works), m.by)
        for m in (rows.things[i] for i in order)
    ]  # fmt: skip
    return Exported("mails", HEADERS, made)
