"""Mails into the ledger, and what they tell of planned work into its versions: each mail once, in one transaction.

A message that came twice (the same id, and the same was read in it) is one mail; one that merely has the id of another
is a mail of its own. A mail that is read again, or filled in by hand, changes what is known from then on: its works are
folded anew from all mails that told of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from math import ceil

from msgspec import structs

from noctui.model.mails import Filed, MailIn
from noctui.model.notices import Maintenance, Notice, Outcome, Status
from noctui.model.works import Mail, Work
from noctui.planned.updating import OLDER, Told, Version, after, changes, folded
from noctui.stores.history.mail_rows import (
    first_notice,
    has_body,
    insert_body,
    insert_mail,
    insert_place,
    keep_body,
    mail_of,
)
from noctui.stores.history.versions import NOW
from noctui.stores.history.work_rows import Key, insert_work, last_version, mails_of, newest_work, plain_id, stand_in

ACTED_ON = (Outcome.PARSED, Outcome.UNKNOWN_CIRCUIT)
"""Outcomes of notices whose works are stored: one of an unknown sender is not acted on until a person looked."""
LONGEST_KEY = 250
WITHDRAWN = "its notice was read anew, and is not about it"


def write_mails(db: sqlite3.Connection, mails: Sequence[MailIn], said: set[str]) -> tuple[Filed, ...]:
    """Inside the caller's transaction. `said` holds damaged rows that the log names already."""
    return tuple(_take(db, one, said) for one in mails)


def line_of(one: MailIn) -> Mail:
    """The line that a mail gets which is not known yet, as far as it can be told before it is stored."""
    notice = structs.replace(one.notice, key=_short(one.notice.key))
    told = notice.maintenances if notice.outcome in ACTED_ON else ()
    return _line(one, notice, None, tuple(dict.fromkeys(m.key for m in told)))


def _take(db: sqlite3.Connection, one: MailIn, said: set[str]) -> Filed:
    one = structs.replace(one, notice=structs.replace(one.notice, key=_short(one.notice.key)))
    before = mail_of(db, one.notice.key, NOW, said)
    if before is not None and not one.again and not _alike(db, before[1], one):
        other = sha256(repr(_content(one.notice)).encode("utf-8", "replace")).hexdigest()[:12]
        one = structs.replace(one, notice=structs.replace(one.notice, key=f"{one.notice.key}#{other}"))
        before = mail_of(db, one.notice.key, NOW, said)
    if one.place:
        insert_place(db, one.mailbox, one.place, one.stamp, one.notice.key)
    if before is not None and not one.again:
        return Filed(mail=before[0], new=False)
    return _file(db, one, before, said)


def _file(db: sqlite3.Connection, one: MailIn, before: tuple[Mail, Notice] | None, said: set[str]) -> Filed:
    notice = one.notice
    told = notice.maintenances if notice.outcome in ACTED_ON else ()
    keys = tuple(dict.fromkeys(m.key for m in told))
    if before is None:
        known_at, had = one.tried_at, None
        works = [_next(db, maintenance, one, known_at, said) for maintenance in told]
        late = bool(works) and all(OLDER in work.said for work in works)
    else:
        had = before[0]
        newest = db.execute('SELECT max(known_at) FROM mails WHERE "key" = ?', (notice.key,)).fetchone()[0]
        known_at = max(one.tried_at, newest)  # a clock that was set back does not bend the order
        lives = {key: _folded(db, key, one, had, said) for key in dict.fromkeys((*keys, *had.works))}
        made = [_anew(db, key, life, one, known_at, said) for key, life in lives.items()]
        works = [work for work in made if work is not None]
        mine = [v for key in keys for v in lives[key] if v.notice == notice.key]
        late = bool(mine) and all(v.change == "out_of_sequence" for v in mine)
    works += [old for work in tuple(works) for old in _supersede(db, work, known_at, said)]
    if late:
        notice = structs.replace(notice, outcome=Outcome.OUT_OF_SEQUENCE)
    mail = _line(one, notice, had, keys)
    insert_mail(db, mail, notice, known_at)
    if one.body is not None and had is None:
        insert_body(db, notice.key, one.body, one.size, known_at, notice.outcome is Outcome.IGNORED)
    if had is not None and had.outcome is Outcome.IGNORED and notice.outcome is not Outcome.IGNORED:
        keep_body(db, notice.key)
    return Filed(mail=mail, works=tuple(works), new=had is None)


def _line(one: MailIn, notice: Notice, had: Mail | None, keys: tuple[Key, ...]) -> Mail:
    tried_at = ceil(one.tried_at)
    return Mail(
        key=notice.key,
        mailbox=one.mailbox if had is None else had.mailbox,
        place=one.place if had is None else had.place,
        sent_at=notice.date,
        read_at=tried_at if had is None else had.read_at,
        tried_at=tried_at,
        tried=1 if had is None else had.tried + 1,
        outcome=notice.outcome,
        sender=notice.sender,
        subject=notice.subject,
        provider=notice.provider,
        why=_why(notice),
        works=keys,
        by=one.by,
    )


def _why(notice: Notice) -> str:
    match notice.outcome:
        case Outcome.PARSED | Outcome.IGNORED:
            return ""
        case Outcome.OUT_OF_SEQUENCE:
            return OLDER
        case Outcome.UNKNOWN_PROVIDER if not notice.faults:
            return f"{notice.sender or 'its sender'} is no known provider's"
        case _:
            return notice.faults[0].said if notice.faults else notice.outcome.value


def _next(db: sqlite3.Connection, maintenance: Maintenance, one: MailIn, known_at: float, said: set[str]) -> Work:
    """The version that a new notice makes, stored."""
    before, since = newest_work(db, maintenance.key, said)
    known_at = max(known_at, since)
    read_at = ceil(known_at)
    told = Told(maintenance, read_at, one.notice.key)
    found = after(before.maintenance if before is not None else None, told)
    return _store(db, found, before, one, known_at)


def _store(db: sqlite3.Connection, found: Version, before: Work | None, one: MailIn, known_at: float) -> Work:
    read_at = ceil(known_at)
    old = found.change == "out_of_sequence"
    stamp = found.maintenance.stamp
    written = stamp if stamp is not None else one.notice.date if one.notice.date is not None else one.arrived
    announced = read_at if written is None else min(written, read_at)
    work = Work(
        maintenance=found.maintenance,
        version=1 + last_version(db, found.maintenance.key),
        announced_at=before.announced_at if old and before is not None else announced,
        known_at=read_at,
        first_known_at=before.first_known_at if before is not None else read_at,
        notice=one.notice.key,
        said=found.said,
        late=found.late,
        emergency=_emergency(one.notice.subject) or (old and before is not None and before.emergency),
        superseded_by=stand_in(db, found.maintenance.key),
    )
    insert_work(db, work, known_at)
    return work


def _supersede(db: sqlite3.Connection, work: Work, known_at: float, said: set[str]) -> list[Work]:
    """The works that this one stands in for, in their next version."""
    found = []
    for old in work.maintenance.supersedes:
        before, since = newest_work(db, (work.maintenance.provider, plain_id(old)), said)
        by = work.maintenance.maintenance_id
        if before is None or before.superseded_by == by or before.maintenance.key == work.maintenance.key:
            continue
        known = max(known_at, since)
        made = structs.replace(
            before, version=before.version + 1, known_at=ceil(known), notice=work.notice, superseded_by=by, late=False,
            said=(f"{by} stands in for it",),
        )  # fmt: skip
        insert_work(db, made, known)
        found.append(made)
    return found


def _emergency(subject: str) -> bool:
    words = subject.casefold().replace("non-emergency", "").replace("non emergency", "")
    return "emergency" in words


def _anew(
    db: sqlite3.Connection, key: Key, life: Sequence[Version], one: MailIn, known_at: float, said: set[str]
) -> Work | None:
    """What is known of a work by what all its mails say now; None when that is what was known already."""
    before, since = newest_work(db, key, said)
    known_at = max(known_at, since)
    last = next((v for v in reversed(life) if v.change != "out_of_sequence"), None)
    if last is None:
        if before is None or before.maintenance.status is Status.CANCELLED:
            return None
        gone = structs.replace(before.maintenance, status=Status.CANCELLED)
        return _store(db, Version(gone, ceil(known_at), one.notice.key, "changed", (WITHDRAWN,)), before, one, known_at)
    if before is not None and before.maintenance == last.maintenance:
        return None
    words = ("read anew", *(changes(before.maintenance, last.maintenance) if before is not None else ()))
    made = Version(last.maintenance, ceil(known_at), one.notice.key, "changed", words, last.late)
    return _store(db, made, before, one, known_at)


def _folded(db: sqlite3.Connection, key: Key, one: MailIn, had: Mail, said: set[str]) -> Sequence[Version]:
    """The life of a work by what each of its mails said the last time it was read, `one` now, as of when they came."""
    told: list[Told] = []
    for mail in dict.fromkeys((*mails_of(db, key), one.notice.key)):
        if mail == one.notice.key:
            notice, read_at = one.notice, had.read_at
        else:
            found = mail_of(db, mail, NOW, said)
            if found is None:
                continue
            notice, read_at = found[1], found[0].read_at
        if notice.outcome in (*ACTED_ON, Outcome.OUT_OF_SEQUENCE):
            told += (Told(m, read_at, mail) for m in notice.maintenances if m.key == key)
    return folded(told).get(key, ())


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else f"sha256:{sha256(key.encode('utf-8', 'replace')).hexdigest()}"


def _alike(db: sqlite3.Connection, known: Notice, one: MailIn) -> bool:
    """The same bytes, or the same was read in it: on another way a mail gets other headers, and it may have been read
    again, or filled in, since it came."""
    if one.body is not None and has_body(db, known.key, one.body):
        return True
    said = _content(one.notice)
    if said == _content(known):
        return True
    first = first_notice(db, known.key)
    return first is not None and said == _content(first)


def _content(notice: Notice) -> tuple[object, ...]:
    """What makes a mail this one, whatever became of it."""
    told = sorted((m.key, m.status.value, m.windows, m.circuits, m.sequence or 0) for m in notice.maintenances)
    return notice.sender, notice.subject, notice.date, repr(told)


__all__ = ["ACTED_ON", "line_of", "write_mails"]
