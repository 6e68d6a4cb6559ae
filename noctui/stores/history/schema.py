"""The tables of `history.db`, built and brought up to date by a list of steps, each applied once, in order."""

from __future__ import annotations

import sqlite3

from noctui.stores.history.faults import HistoryFault

_BASE = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE circuits (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE gateways (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE paths (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE inventories (
    rev INTEGER PRIMARY KEY, event_time REAL NOT NULL, known_at REAL NOT NULL,
    gateway_no BLOB NOT NULL, data BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE TABLE polls (
    at REAL PRIMARY KEY, seq INTEGER NOT NULL, tick INTEGER NOT NULL, interval REAL NOT NULL, whole INTEGER NOT NULL,
    silent INTEGER NOT NULL, rev INTEGER NOT NULL, org_id TEXT NOT NULL, epoch INTEGER NOT NULL,
    rejected INTEGER NOT NULL, reports BLOB NOT NULL
) WITHOUT ROWID;

CREATE INDEX polls_rev ON polls (rev, at);
-- Bandwidths by version, a row only where they changed: a long series must not unpack every version.
CREATE TABLE bandwidths (
    no INTEGER NOT NULL, rev INTEGER NOT NULL, down_bps REAL NOT NULL, up_bps REAL NOT NULL, PRIMARY KEY (no, rev)
) WITHOUT ROWID;

-- The newest polls: one pack per poll and table, frames along the slots.
CREATE TABLE open (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, tbl INTEGER NOT NULL,
    org_id TEXT NOT NULL, rev INTEGER NOT NULL, epoch INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX open_at ON open (at, tbl);

-- A closed hour or day of some polls. Two periods may share an hour: back-fill and live polls.
CREATE TABLE periods (
    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, start REAL NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
    n INTEGER NOT NULL, times BLOB NOT NULL, tables INTEGER NOT NULL, ready INTEGER NOT NULL,
    rolled INTEGER NOT NULL, day INTEGER
);
CREATE INDEX periods_time ON periods (kind, last);
CREATE INDEX periods_start ON periods (kind, start);
CREATE TABLE tiles (
    id INTEGER PRIMARY KEY, period INTEGER NOT NULL, tbl INTEGER NOT NULL, block INTEGER NOT NULL,
    org_id TEXT NOT NULL, rev INTEGER NOT NULL, epoch INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX tiles_block ON tiles (period, tbl, block);

-- Highest utilisation and bad bit of each quarter hour, by slot; the running one is written with every poll.
CREATE TABLE quarters (
    quarter INTEGER PRIMARY KEY, org_id TEXT NOT NULL, rev INTEGER NOT NULL, epoch INTEGER NOT NULL, data BLOB NOT NULL
);

-- Hourly KPIs: vectors of one hour, then of a day, then tiles of a month.
CREATE TABLE rollups (
    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, start REAL NOT NULL, block INTEGER NOT NULL,
    merged INTEGER NOT NULL, org_id TEXT NOT NULL, rev INTEGER NOT NULL, epoch INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX rollups_block ON rollups (kind, block, start);
CREATE INDEX rollups_due ON rollups (kind, merged, start);

CREATE TABLE edges (
    id INTEGER PRIMARY KEY, circuit_no INTEGER NOT NULL, event_time REAL NOT NULL, until REAL, state INTEGER NOT NULL,
    known_at REAL NOT NULL, source TEXT NOT NULL, evidence TEXT NOT NULL, uncertainty REAL NOT NULL
);
CREATE INDEX edges_circuit ON edges (circuit_no, known_at);
CREATE INDEX edges_event ON edges (event_time);
CREATE INDEX edges_known ON edges (known_at);
CREATE TABLE failovers (
    id INTEGER PRIMARY KEY, site_id TEXT NOT NULL, event_time REAL NOT NULL, known_at REAL NOT NULL,
    began INTEGER NOT NULL, circuit_id TEXT NOT NULL
);
CREATE INDEX failovers_event ON failovers (event_time);
CREATE INDEX failovers_site ON failovers (site_id, event_time);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, event_time REAL NOT NULL, known_at REAL NOT NULL, kind TEXT NOT NULL,
    severity INTEGER NOT NULL, circuit_id TEXT NOT NULL, site_id TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX notes_event ON notes (event_time);
CREATE INDEX notes_circuit ON notes (circuit_id, event_time);
CREATE TABLE applied (id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
"""

_TOLD = """
-- Mist's alarms by version: `superseded` is when the next one was known.
CREATE TABLE mist_alarms (
    id INTEGER PRIMARY KEY, alarm_id TEXT NOT NULL, known_at REAL NOT NULL, superseded REAL, opened REAL NOT NULL,
    resolved REAL, last_seen REAL NOT NULL, site_id TEXT NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX mist_alarms_version ON mist_alarms (alarm_id, known_at);
CREATE INDEX mist_alarms_force ON mist_alarms (ifnull(superseded, 1e18), known_at, opened, resolved);
CREATE INDEX mist_alarms_newest ON mist_alarms (resolved, opened) WHERE superseded IS NULL;
CREATE INDEX mist_alarms_seen ON mist_alarms (last_seen) WHERE superseded IS NULL;
CREATE TABLE device_events (
    id INTEGER PRIMARY KEY, event_time REAL NOT NULL, known_at REAL NOT NULL, type TEXT NOT NULL,
    gateway_id TEXT NOT NULL, port_id TEXT NOT NULL, site_id TEXT NOT NULL, circuit_id TEXT NOT NULL, text TEXT NOT NULL
);
CREATE UNIQUE INDEX device_events_name ON device_events (event_time, gateway_id, type, port_id);
CREATE INDEX device_events_site ON device_events (site_id, event_time);
CREATE INDEX device_events_circuit ON device_events (circuit_id, event_time) WHERE circuit_id <> '';
-- Service levels: a table per fetch; the ids of its sites are shared as long as they stay the same.
CREATE TABLE sle_sites (no INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX sle_sites_crc ON sle_sites (crc);
CREATE TABLE sle (
    id INTEGER PRIMARY KEY, at REAL NOT NULL UNIQUE, sites INTEGER NOT NULL,
    org_id TEXT NOT NULL, rev INTEGER NOT NULL, epoch INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX sle_of_sites ON sle (sites);
"""

_FIGURES = """
-- The number under which an hour was (re)written; a pack or tile has the highest of its hours. The next one is in meta.
ALTER TABLE rollups ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rollups_version ON rollups (version);

-- Calendar days, ISO weeks and months by version: `superseded` is when the next one was known. `grain` is a Grain.
-- `sketched` is the row whose sketches hold for this one: its own, or an older version's with the same averages.
CREATE TABLE figures (
    id INTEGER PRIMARY KEY, grain INTEGER NOT NULL, start REAL NOT NULL, "end" REAL NOT NULL, "key" TEXT NOT NULL,
    zone TEXT NOT NULL, version INTEGER NOT NULL, known_at REAL NOT NULL, superseded REAL, sketched INTEGER NOT NULL,
    org_id TEXT NOT NULL, rev INTEGER NOT NULL, epoch INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX figures_time ON figures (grain, start, "end");
CREATE INDEX figures_version ON figures (version);
CREATE UNIQUE INDEX figures_newest ON figures (grain, start, "end", zone) WHERE superseded IS NULL;
-- Histograms of a day's five-minute averages, by gauge (a number of FIVES): of circuits (by '': rows are slots), of
-- regions and carriers (rows as in group_figures).
CREATE TABLE sketches (
    id INTEGER PRIMARY KEY, figures INTEGER NOT NULL, "by" TEXT NOT NULL, gauge INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX sketches_of ON sketches (figures, "by", gauge);
CREATE TABLE group_figures (
    id INTEGER PRIMARY KEY, figures INTEGER NOT NULL, "by" TEXT NOT NULL, names BLOB NOT NULL, crc INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE UNIQUE INDEX group_figures_of ON group_figures (figures, "by");

-- What is to be made (anew): hours, days, weeks, months, marked at some poll. `states`: nothing but states has changed.
-- `known_at` is when that became known which changes them; 0: they never were made, or nothing new is known.
CREATE TABLE due (
    grain INTEGER NOT NULL, start REAL NOT NULL, "end" REAL NOT NULL, "key" TEXT NOT NULL, zone TEXT NOT NULL,
    states INTEGER NOT NULL, known_at REAL NOT NULL, marked REAL NOT NULL, PRIMARY KEY (grain, start, "end", zone)
) WITHOUT ROWID;
-- Circuits whose states in [start, end) became known when these hours were over.
CREATE TABLE late (
    id INTEGER PRIMARY KEY, circuit_no INTEGER NOT NULL, start REAL NOT NULL, "end" REAL NOT NULL,
    known_at REAL NOT NULL
);
"""

_TIMES = """
-- Where hours are, without reading through what they hold: `version` lies behind it.
CREATE INDEX rollups_time ON rollups (kind, start, block, version);
"""

_KNOWN = """
-- When a back-fill brought it; NULL: it was known when it was taken.
ALTER TABLE polls ADD COLUMN known_at REAL;
ALTER TABLE periods ADD COLUMN known_at REAL;
ALTER TABLE quarters ADD COLUMN known_at REAL;
CREATE INDEX periods_known ON periods (known_at) WHERE known_at IS NOT NULL;
"""

_SUPERSEDED = """
-- Which versions of figures may go, without looking at those that hold.
CREATE INDEX figures_superseded ON figures (superseded) WHERE superseded IS NOT NULL;
CREATE INDEX figures_sketched ON figures (sketched);
"""

_ALARMS = """
-- Alarms by version: `superseded` is when the next one was known, 1e18: none was. `id` rises with every write.
-- `began` and `name` stand for the alarm's id: the second that ends it, and its hash. An index that follows the time
-- is written at its end, a page for many rows; one of ids would be written all over the file.
CREATE TABLE alarms (
    id INTEGER PRIMARY KEY, began INTEGER NOT NULL, name INTEGER NOT NULL, known_at REAL NOT NULL,
    superseded REAL NOT NULL, opened REAL NOT NULL, cleared REAL, crc INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX alarms_version ON alarms (began, name, known_at);
CREATE INDEX alarms_open ON alarms (superseded, known_at) WHERE cleared IS NULL;
CREATE INDEX alarms_opened ON alarms (opened);
CREATE INDEX alarms_cleared ON alarms (cleared) WHERE cleared IS NOT NULL;
-- Where to look for the alarms of a site, a circuit, a parent: hashes of these. Some version was of it; which ones are,
-- they say themselves.
CREATE TABLE alarm_places (
    place INTEGER NOT NULL, began INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (place, began, name)
) WITHOUT ROWID;

-- What people did: lines are added, and that is all.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, known_at REAL NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
    origin TEXT NOT NULL, "action" TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, outcome TEXT NOT NULL,
    act_id TEXT NOT NULL
);
CREATE INDEX audit_known ON audit (known_at);
CREATE INDEX audit_subject ON audit (subject, known_at);
CREATE INDEX audit_act ON audit (act_id) WHERE act_id <> '';
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;

-- Notifications by version, as alarms.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, known_at REAL NOT NULL, superseded REAL NOT NULL,
    made_at REAL NOT NULL, alarm_id TEXT NOT NULL, "state" TEXT NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX messages_version ON messages (message_id, known_at);
CREATE INDEX messages_made ON messages (made_at);
CREATE INDEX messages_alarm ON messages (alarm_id, made_at);
CREATE INDEX messages_due ON messages (made_at) WHERE superseded = 1e18 AND "state" IN ('waiting', 'failed');
CREATE INDEX messages_superseded ON messages (superseded) WHERE superseded < 1e18;
"""

# Deletes that a replacing insert makes call no trigger.
_AUDIT = """
CREATE TRIGGER audit_is_new BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)
BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
"""

_WORKS = """
-- Carriers' planned work by version, one for each notice that told of it: `superseded` is when the next one was known,
-- 1e18: none was. `name` is its id without case and blanks; `first` and `last` bound its windows.
CREATE TABLE works (
    id INTEGER PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
    known_at REAL NOT NULL, superseded REAL NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    mail TEXT NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE UNIQUE INDEX works_version ON works (provider, name, version);
CREATE INDEX works_time ON works (last, first);
CREATE INDEX works_mail ON works (mail);
-- Where to look for the work on a circuit: carriers' ids as `planned.matching` compares them. Some version named it.
CREATE TABLE work_circuits (
    circuit TEXT NOT NULL, provider TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (circuit, provider, name)
) WITHOUT ROWID;
-- Work that stands in for another one, which may not be known yet.
CREATE TABLE work_supersedes (
    provider TEXT NOT NULL, old TEXT NOT NULL, "by" TEXT NOT NULL, PRIMARY KEY (provider, old)
) WITHOUT ROWID;

-- What became of each mail, by version, one for each time it was read: the ledger. `notice` is what was read in it
-- (zstd); it stands behind `data`, so that lists do not read it.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY, "key" TEXT NOT NULL, tried INTEGER NOT NULL, known_at REAL NOT NULL,
    superseded REAL NOT NULL, read_at REAL NOT NULL, waits INTEGER NOT NULL, outcome TEXT NOT NULL,
    crc INTEGER NOT NULL, data BLOB NOT NULL, notice BLOB NOT NULL
);
CREATE UNIQUE INDEX mails_tried ON mails ("key", tried);
CREATE INDEX mails_read ON mails (read_at);
CREATE INDEX mails_waiting ON mails (superseded, known_at) WHERE waits = 1;
-- Mails as they came (zstd), the first bytes of long ones, to be read again. `size` is what was there; `others`: it is
-- about something else, and kept for a shorter time.
CREATE TABLE mail_bodies (
    id INTEGER PRIMARY KEY, "key" TEXT NOT NULL UNIQUE, known_at REAL NOT NULL, size INTEGER NOT NULL,
    others INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX mail_bodies_known ON mail_bodies (known_at);
CREATE INDEX mail_bodies_others ON mail_bodies (known_at) WHERE others = 1;
-- Where they lay: what is known need not be fetched again.
CREATE TABLE mail_places (
    mailbox TEXT NOT NULL, place TEXT NOT NULL, stamp TEXT NOT NULL, "key" TEXT NOT NULL, PRIMARY KEY (mailbox, place)
) WITHOUT ROWID;
"""

STEPS: tuple[str, ...] = (_BASE, _TOLD, _FIGURES, _TIMES, _KNOWN, _SUPERSEDED, _ALARMS, _AUDIT, _WORKS)
"""Step i brings schema i to schema i + 1. Never changed once released: a new step is added instead."""


def schema_of(db: sqlite3.Connection) -> int:
    """The file's schema; 0 for a new one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection, org_id: str, steps: tuple[str, ...] = STEPS) -> None:
    """Refuse a file of another schema or org ("": of any org). Raises HistoryFault."""
    found = schema_of(db)
    if found > len(steps):
        raise HistoryFault(
            f"the history has schema {found}, newer than this noctui knows ({len(steps)}): upgrade noctui"
        )
    if found < len(steps):
        raise HistoryFault(f"the history has the older schema {found}: a leader has to bring it to {len(steps)} first")
    owner = meta(db, "org_id")
    if org_id and owner != org_id:
        raise HistoryFault(f"the history in this folder is of org {owner}, not {org_id}: use another data folder")


def migrate(db: sqlite3.Connection, org_id: str, steps: tuple[str, ...] = STEPS) -> None:
    """Bring the file to the newest schema, step by step, each in a transaction. The caller holds the folder's lock."""
    found = schema_of(db)
    for number, step in enumerate(steps[found:], found + 1):
        # executescript ends an open transaction, so the script brings its own.
        db.executescript(f"BEGIN IMMEDIATE;\n{step}\nPRAGMA user_version = {number};\nCOMMIT;")
    db.execute("INSERT OR IGNORE INTO meta VALUES ('org_id', ?)", (org_id,))
    check(db, org_id, steps)


def meta(db: sqlite3.Connection, name: str) -> str | int | float | None:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else row[0]


def set_meta(db: sqlite3.Connection, name: str, value: str | float) -> None:
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))
