"""A Mail → a Notice: whose it is, and the first reader that can tell its planned work for sure.

Order: iCalendar of BCOP, the text's labels, the HTML's. What iCalendar has no words for (how long the interruption
is, what is superseded) is taken from the text of the same message. Nothing is raised.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from noctui.model.notices import Affected, Fault, Maintenance, Notice, Outcome
from noctui.planned import flattened, icalendar, labelled, lines, phrases, times
from noctui.planned.mail import Mail
from noctui.planned.mail import read as read_mail
from noctui.planned.providers import DEFAULT, Provider, of_name, of_sender
from noctui.planned.windows import ReadingError

FAR = 400 * 86_400
"""A window farther from its message's date than this is a mistake in the year."""


def read(data: bytes, providers: Sequence[Provider] = DEFAULT, sender: str = "") -> Notice:
    """The notice in a message's bytes. `sender` stands in for the From of a message that has none, or a wrong one."""
    mail = read_mail(data)
    try:
        return read_parsed(mail, providers, sender)
    except Exception as error:  # what others wrote must not end what reads it: it is kept for a person
        broke = Fault(f"its reader broke: {type(error).__name__}: {error}"[:200])
        return Notice(key=mail.key, outcome=Outcome.FAILED, sender=mail.sender, subject=mail.subject, faults=(broke,))


def read_parsed(mail: Mail, providers: Sequence[Provider] = DEFAULT, sender: str = "") -> Notice:
    """As `read`, of a message that is taken apart already. A message forwarded as an attachment counts before the one
    that carries it."""
    for inner in mail.carried:
        found = read_parsed(inner, providers)
        if found.outcome is not Outcome.IGNORED:
            return structs.replace(found, key=mail.key)
    return _read(replace(mail, sender=sender.strip().lower() or mail.sender), providers)


def _read(mail: Mail, providers: Sequence[Provider]) -> Notice:
    provider = of_sender(mail.sender, providers)
    notice = Notice(key=mail.key, outcome=Outcome.FAILED, sender=mail.sender, subject=mail.subject, date=mail.date)
    if provider and any(re.search(p, mail.subject, re.IGNORECASE) for p in provider.ignored):
        return structs.replace(notice, outcome=Outcome.IGNORED, provider=provider.name)
    faults: list[Fault] = []
    found: tuple[Maintenance, ...] = ()
    reader = ""
    for text in icalendar.calendars_of(mail.calendars):
        try:
            calendar = icalendar.read(text, provider)
        except ReadingError as error:
            faults.append(error.fault)
            continue
        if calendar.maintenances:
            provider = provider or of_name(calendar.provider, providers)
            found, reader = calendar.maintenances, "icalendar"
            break
    bodies = [("text", "labelled", t) for t in mail.texts if t.strip()]
    bodies += [("html", "flattened", flattened.text(h)) for h in mail.htmls]
    in_words: tuple[Maintenance, ...] = ()
    read_by = ""
    written = mail.date
    for part, name, text in bodies:
        body = lines.body(text, mail.subject)
        if body.sender:  # a forward: the carrier's own words, and its own name
            provider = of_sender(body.sender, providers) or provider
            told = times.at_latest(body.written)
            written = min((at for at in (told, mail.date) if at is not None), default=None)
        try:
            read = labelled.read(body.lines, body.subject or mail.subject, provider, part)
        except ReadingError as error:
            faults.append(error.fault)
            continue
        if body.cut:
            read = tuple(_looked_at(m, "too long: not all of its text was read") for m in read)
        if in_words and _windows(read) != _windows(in_words):
            in_words = tuple(_looked_at(m, "text and HTML tell of different windows") for m in in_words)
        elif not in_words:
            in_words, read_by = read, name
    if found:
        found = tuple(_enriched(m, in_words) for m in found)
    else:
        found, reader = in_words, read_by
    if not found:
        return _none(notice, mail, provider, [b for _, _, b in bodies], faults)
    odd = _far(found, mail.date)
    if odd:
        return structs.replace(notice, provider=provider.name if provider else "", faults=(odd,), reader=reader)
    if mail.cut:
        found = tuple(_looked_at(m, *mail.cut) for m in found)
    return structs.replace(
        notice,
        outcome=Outcome.PARSED if provider else Outcome.UNKNOWN_PROVIDER,
        provider=provider.name if provider else "",
        reader=reader,
        maintenances=tuple(_whole(m, provider, written) for m in found),
    )


def _none(notice: Notice, mail: Mail, provider: Provider | None, bodies: list[str], faults: list[Fault]) -> Notice:
    """Nothing could be read: ignored when it is about something else, else for a person."""
    if not phrases.WORK.search(mail.subject) and not any(phrases.WORK.search(b[:20_000]) for b in bodies):
        outcome = Outcome.IGNORED if not icalendar.calendars_of(mail.calendars) else Outcome.FAILED
        faults = [] if outcome is Outcome.IGNORED else faults
    else:
        outcome = Outcome.FAILED if provider else Outcome.UNKNOWN_PROVIDER
        faults = faults or [Fault("no text to read")]
    return structs.replace(
        notice, outcome=outcome, provider=provider.name if provider else "", faults=tuple(dict.fromkeys(faults))
    )


def _windows(found: tuple[Maintenance, ...]) -> set[tuple[int, int]]:
    return {(w.start, w.end) for m in found for w in m.windows}


def _looked_at(one: Maintenance, *why: str) -> Maintenance:
    return structs.replace(one, review=tuple(dict.fromkeys((*one.review, *why))))


def _far(found: tuple[Maintenance, ...], date: int | None) -> Fault | None:
    for one in found:
        for w in one.windows:
            if date is not None and abs(w.start - date) > FAR:
                line = next((s for s in one.sources if s.field == "start"), None)
                why = "more than 400 days from the date of the message"
                return Fault(why, line.part, line.line, line.text) if line else Fault(why)
    return None


def _enriched(one: Maintenance, others: tuple[Maintenance, ...]) -> Maintenance:
    """With what the same message's text says of the same work, or of the only one that it tells of."""
    same = [m for m in others if m.key[1] == one.key[1]] or (list(others) if len(others) == 1 else [])
    if not same:
        return one
    other = same[0]
    told = {c.circuit: c for c in other.circuits}
    circuits = tuple(_filled(c, told.get(c.circuit)) for c in one.circuits)
    if other.windows and {(w.start, w.end) for w in other.windows} != {(w.start, w.end) for w in one.windows}:
        one = _looked_at(one, "calendar and text tell of different windows")
    kept = [s for s in other.sources if s.field in ("location", "supersedes", "summary") and not getattr(one, s.field)]
    return structs.replace(
        one,
        circuits=circuits,
        supersedes=one.supersedes or other.supersedes,
        location=one.location or other.location,
        summary=one.summary or other.summary,
        sources=(*one.sources, *kept),
    )


def _filled(one: Affected, other: Affected | None) -> Affected:
    return one if other is None else structs.replace(one, seconds=other.seconds, aliases=other.aliases)


def _whole(one: Maintenance, provider: Provider | None, date: int | None) -> Maintenance:
    """With its provider, its time of writing, and an id; one without a reference is known by what it says."""
    made = one.maintenance_id
    if not made:
        said = repr((sorted(c.circuit for c in one.circuits), [(w.start, w.end) for w in one.windows]))
        made = f"~{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    return structs.replace(
        one,
        provider=provider.name if provider else "",
        maintenance_id=made,
        stamp=one.stamp if one.stamp is not None else date,
    )
