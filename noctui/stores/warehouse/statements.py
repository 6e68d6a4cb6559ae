"""The SQL of the tables: made, staged, merged. Text alone; nothing is connected to anything here.

Primary keys are not declared: Snowflake would not hold to them. A merge never sees two rows of a key, since who made
the file took care of it.
"""

from __future__ import annotations

from noctui.stores.warehouse.tables import Feed, Table

FORMAT = (
    "TYPE = CSV COMPRESSION = GZIP FIELD_OPTIONALLY_ENCLOSED_BY = '\"' ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = ()"
    " EMPTY_FIELD_AS_NULL = TRUE"
)
"""Of the files: texts in quotes, doubled inside; what is empty is NULL."""


def created(table: Table) -> str:
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    return f"CREATE TABLE IF NOT EXISTS {table.name} ({columns})"


def staging(feed: Feed, name: str) -> str:
    columns = ", ".join(f"{column.name} {column.type}" for column in feed.stage)
    return f"CREATE TEMPORARY TABLE {name} ({columns})"


def copied(staged: str, stage: str) -> str:
    """Of a stage in which nothing lies but the files of one batch."""
    return f"COPY INTO {staged} FROM @{stage} FILE_FORMAT = ({FORMAT}) ON_ERROR = ABORT_STATEMENT"


def merged(feed: Feed, table: Table, staged: str, bounds: tuple[str, str] | None = None, again: bool = False) -> str:
    """One MERGE with the places %(org)s, %(source)s and %(sent)s. `bounds` are of the feed's `bounded` column: what
    lies outside is not looked at. `again`: what a history has told already is told once more (a repair)."""
    made = ", ".join(
        f"{column.of or column.name} AS {column.name}"
        for column in table.columns
        if (column.of or column.name) not in _GIVEN
    )
    own = ", ".join(f"{of} AS {c.name}" for c in table.columns if (of := _GIVEN.get(c.of or c.name)))
    gone = ", GONE AS NOCTUI_GONE" if feed.gone else ""
    on = [f"t.{name} = s.{name}" for name in table.key]
    if bounds is not None:
        on.append(f"t.{feed.bounded} BETWEEN '{bounds[0]}' AND '{bounds[1]}'")
    if table.only:
        on.append(table.only)
    newer = table.when or (
        f"(t.SOURCE_ID = s.SOURCE_ID AND s.REV {'>=' if again else '>'} t.REV"
        f" OR t.SOURCE_ID <> s.SOURCE_ID AND s.{table.worth} > COALESCE(t.{table.worth}, {_NOTHING[table.worth]}))"
    )
    sets = ", ".join(f"{c.name} = s.{c.name}" for c in table.columns if c.name not in table.key and not c.kept)
    names = ", ".join(table.names)
    values = ", ".join(f"s.{name}" for name in table.names)
    parts = [f"MERGE INTO {table.name} t USING (SELECT {own}, {made}{gone} FROM {staged}) s ON {' AND '.join(on)}"]
    if feed.gone:
        parts.append("WHEN MATCHED AND s.NOCTUI_GONE = 1 AND t.SOURCE_ID = s.SOURCE_ID THEN DELETE")
    stays = " AND s.NOCTUI_GONE = 0" if feed.gone else ""
    parts.append(f"WHEN MATCHED{stays} AND {newer} THEN UPDATE SET {sets}")
    if not table.only:
        parts.append(f"WHEN NOT MATCHED{stays} THEN INSERT ({names}) VALUES ({values})")
    return " ".join(parts)


_GIVEN = {"ORG_ID": "%(org)s", "SOURCE_ID": "%(source)s", "SENT_AT": "%(sent)s::TIMESTAMP_NTZ"}
_NOTHING = {"COVERED_SECONDS": "-1", "KNOWN_AT": "'1970-01-01'::TIMESTAMP_NTZ"}
