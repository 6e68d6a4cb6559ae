"""`noctui export alarms`, `audit`, `messages`: all that is kept, up to now, and nothing in it is obeyed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from noctui.commands import codes
from noctui.model.alarms import Ack, AlarmNote, AuditEntry
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History
from tests.commands.exported import iso, run
from tests.stores.made import ORG, START, World, network
from tests.stores.test_alarms import alarm, did
from tests.stores.test_messages import message

EVIL = '=HYPERLINK("http://x")\x1b[2J [bold]\u202e'
HARMLESS = '\'=HYPERLINK("http://x")·[2J [bold]·'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two polls with an alarm each; after the second one somebody takes the first."""
    data = tmp_path_factory.mktemp("alarms")
    folder = data / ORG
    folder.mkdir()
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = History.create_or_open(folder, ORG).writer(lock)
    world = World(network())
    first = alarm(START + 60, text=EVIL, evidence="+1")
    writer.write(world.poll(alarms=(first,)))
    writer.write(world.poll(alarms=(alarm(START + 120, "s1/dark", START + 70, site_id="s1", circuit_ids=("a", "b")),)))
    ack = Ack(who="jmo", at=START + 130, until=START + 7200, why=EVIL, severity=1, ticket="-7")
    note = AlarmNote("jmo", START + 130, EVIL)
    writer.write_acts((), (changed(first, known_at=START + 131, ack=ack, notes=(note,)),), (_line(first.alarm_id),), ())
    writer.write_messages([message(made_at=START + 61, state="sent", sent_at=START + 62, body=EVIL, target="@pager")])
    writer.close()
    lock.release()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield data


def _line(subject: str) -> AuditEntry:
    return did(START + 131, "a1", subject=subject, detail=EVIL, outcome="done", origin="-noc")


def table(data: Path, *words: str) -> list[dict[str, str]]:
    ran = run(data, *words)
    assert ran.code in (codes.OK, codes.PARTIAL), ran.said
    return list(csv.DictReader(io.StringIO(ran.out.decode())))


def test_alarms_are_as_they_are_now_with_who_took_them(data: Path) -> None:
    dark, down = table(data, "alarms")

    assert (dark["what"], dark["state"], dark["circuit_ids"], dark["site"]) == ("s1/dark", "open", "a b", "0001")
    assert (down["state"], down["ack_by"], down["ack_until"]) == ("taken", "jmo", "2025-12-01T02:00:00Z")
    assert (down["alarm"], down["ack_reason"], down["evidence"]) == (HARMLESS, HARMLESS, "'+1")
    assert (down["ack_ticket"], down["notes"].count("\x1b")) == ("'-7", 0)
    assert (down["site_name"], down["region"], down["cleared"]) == ("0000 Town", "East", "")


def test_alarms_of_the_past_are_as_they_were_known(data: Path) -> None:
    (down,) = table(data, "alarms", "--at", iso(START + 90))

    assert (down["state"], down["ack_by"]) == ("open", "")
    assert table(data, "audit", "--at", iso(START + 90)) == []


def test_the_audit_goes_up_to_now(data: Path) -> None:
    """The act came after the newest poll."""
    (line,) = table(data, "audit")

    assert (line["who"], line["action"], line["known_at"]) == ("jmo", "ack", "2025-12-01T00:02:11Z")
    assert (line["detail"], line["origin"], line["act_id"]) == (HARMLESS, "'-noc", "a1")


def test_messages_and_how_they_went(data: Path) -> None:
    (told,) = table(data, "messages")

    assert (told["state"], told["sent_at"], told["next_at"]) == ("sent", "2025-12-01T00:01:02Z", "")
    assert (told["target"], told["body"]) == ("'@pager", HARMLESS)


def test_they_are_filtered_and_sorted_by_what_stands_in_them(data: Path) -> None:
    assert [row["what"] for row in table(data, "alarms", "--filter", "dark")] == ["s1/dark"]
    assert [row["what"] for row in table(data, "alarms", "--sort", "opened")] == ["c0/down", "s1/dark"]
