"""`noctui maint ingest|list|reparse`: mailboxes read once, what is known listed, dead letters read again; exit codes.
What `parse` prints is shown with the samples."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from noctui.commands import codes
from noctui.commands.maint import main
from noctui.mail_settings import EXCEPTION, SUCCESS
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import open_writer
from tests.stores.made import ORG, START, World
from tests.stores.notices import carried, written

DEAD = written("CHG-2", at=START + 60).replace(b" UTC", b"")


class Home:
    """A data folder whose history has one poll, a mailbox that is a folder, and the command run in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data, self.box, self.toml = root / "data", root / "box", root / "noctui.toml"
        self._capsys = capsys
        self.folder = self.data / ORG
        self.folder.mkdir(parents=True)
        self.box.mkdir()
        self.learn(carried(), START)
        self.toml.write_text(f'[[mailbox]]\nname = "noc"\nkind = "folder"\npath = "{self.box}"\n')

    def learn(self, inventory: Any, at: float) -> None:
        lock = FolderLock(self.folder)
        assert lock.try_acquire()
        writer = open_writer(self.folder, ORG, lock)
        writer.write(World(inventory, start=at).poll())
        writer.close()
        lock.release()

    def drop(self, name: str, data: bytes) -> None:
        (self.box / name).write_bytes(data)
        os.utime(self.box / name, (START, START))

    def names(self, folder: str) -> list[str]:
        return sorted(p.name for p in (self.box / folder).glob("*"))

    def run(self, *words: str, code: int = codes.OK) -> str:
        """Standard output; standard error when the code is not 0."""
        got = main([*words, "--config", str(self.toml), "--data", str(self.data)])
        for handler in logging.getLogger("noctui").handlers:
            handler.close()  # the log's file
        said = self._capsys.readouterr()
        assert got == code, said
        return said.out if code == codes.OK else said.err


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("HOME", str(tmp_path))
    return Home(tmp_path, capsys)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_mailbox_is_read_once_and_what_is_known_is_listed(home: Home) -> None:
    home.drop("1.eml", written("CHG-1", circuits=("IC-10000", "IC-404")))
    (told,) = objects(home.run("ingest"))
    assert (told["event"], told["mailbox"], told["read"], told["new"], told["parsed"]) == (
        "maint.ingest", "noc", 1, 1, 1,
    )  # fmt: skip
    assert home.names(SUCCESS) == ["1.eml"]
    assert objects(home.run("ingest"))[0]["read"] == 0
    rows = list(csv.DictReader(io.StringIO(home.run("list", "--days", "5000", "--past", "--format", "csv"))))
    assert [(r["provider"], r["maintenance_id"], r["state"], r["circuits"], r["unknown"]) for r in rows] == [
        ("Zayo", "CHG-1", "confirmed", "2", "1")
    ]
    assert rows[0]["circuit_ids"] == "s0:ge-0/0/0"
    (mail,) = json.loads(home.run("list", "--mails", "--days", "5000", "--format", "json"))
    assert (mail["outcome"], mail["place"], mail["works"]) == ("parsed", "1.eml", "Zayo/chg-1")
    table = home.run("list", "--past", "--days", "5000").splitlines()
    assert table[0].split() == [
        "provider", "maintenance", "id", "state", "begins", "ends", "circuits", "unknown", "conflicts", "summary",
    ]  # fmt: skip
    assert table[1].startswith("Zayo      CHG-1")


def test_what_waits_is_said_and_read_again_after_a_fix(home: Home) -> None:
    home.drop("1.eml", written("CHG-1", circuits=("IC-777",)))
    home.drop("2.eml", DEAD)
    said = home.run("ingest", code=codes.PARTIAL).splitlines()
    assert said == [
        "noctui: waits: CHG-1.1764547200@zayo.com (Planned maintenance CHG-1): no circuit of ours: IC-777",
        said[1],
    ]
    assert "which zone" in said[1]
    assert home.names(EXCEPTION) == ["1.eml", "2.eml"]
    assert len(home.run("list", "--waiting", "--format", "ndjson").splitlines()) == 2
    first, *others = carried().circuits
    known = (structs.replace(first, carrier_circuit_id="IC-777"), *others)
    home.learn(structs.replace(carried(), rev=2, known_at=START + 600, circuits=known), START + 600)
    home.run("reparse", "--waiting", code=codes.PARTIAL)
    (left,) = objects(home.run("list", "--waiting", "--format", "ndjson"))
    assert (left["key"], left["tried"]) == ("CHG-2.1764547260@zayo.com", 2)
    home.run("reparse", left["key"], code=codes.FAILED)
    home.run("reparse", "nobody@knows", code=codes.FAILED)


def test_files_named_by_hand_stay_where_they_are(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "notice.eml"
    file.write_bytes(written())
    assert objects(home.run("ingest", str(file)))[0]["new"] == 1
    assert file.exists()
    assert "cannot be read" in home.run("ingest", str(tmp_path / "none.eml"), code=codes.FAILED)


def test_beside_a_leader_the_leader_files_them(home: Home) -> None:
    home.drop("1.eml", written())
    lock = FolderLock(home.folder)
    assert lock.try_acquire()
    writer = open_writer(home.folder, ORG, lock)
    try:
        (told,) = objects(home.run("ingest"))
        assert (told["new"], bool(told["led_by"])) == (1, True)
        assert home.names(SUCCESS) == ["1.eml"]
        left = writer.mails_left()
        assert left is not None
        key, mails = left
        (filed,) = writer.write_mails(mails, left=(key,))
        assert (filed.new, filed.mail.place) == (True, "1.eml")
        assert writer.mails_left() is None
        assert writer.mail_body(filed.mail.key) is not None
    finally:
        writer.close()
        lock.release()


def test_usage(home: Home) -> None:
    assert "no mailbox 'nco'; there are noc" in home.run("ingest", "--mailbox", "nco", code=codes.USAGE)
    home.toml.write_text("")
    assert "write [[mailbox]] into noctui.toml" in home.run("ingest", code=codes.USAGE)
    home.toml.write_text('[[mailbox]]\nname = "noc"\nkind = "folder"\npath = "/no/such/folder"')
    assert "/no/such/folder cannot be read" in home.run("ingest", code=codes.FAILED)
