"""`noctui report handover` over a real history: as Markdown, as a table, as of then."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noctui.commands.report import main
from noctui.model.alarms import Ack, Alarm, AuditEntry
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Retention, open_writer
from tests.stores.made import START, World, network

ACK = Ack(who="jmo", at=START + 150, until=START + 4000, why="fibre cut | =1+1", severity=0)


def alarm(known_at: float, name: str, **more: object) -> Alarm:
    fields = {
        "alarm_id": name, "key": name, "source": "engine", "type": "down", "severity": 0, "worst": 0,
        "opened": START + 60, "changed": START + 60, "known_at": known_at, "text": f"{name} is down",
    }  # fmt: skip
    return Alarm(**{**fields, **more})  # type: ignore[arg-type]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two polls: two alarms in the first; then one of them is taken."""
    folder = tmp_path / "data" / "org"
    folder.mkdir(parents=True)
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = open_writer(folder, "org", lock, Retention())
    world = World(network())
    writer.write(world.poll(alarms=(alarm(START + 60, "a"), alarm(START + 60, "b"))))
    entry = AuditEntry(
        at=START + 150, known_at=START + 150, who="jmo", role="operator", origin="noc-a", action="ack", subject="a",
        detail="fibre cut",
    )  # fmt: skip
    writer.write_acts((), (alarm(START + 150, "a", ack=ACK, owner="jmo"),), (entry,), ())
    writer.write(World(network(), start=START + 120).poll())
    writer.close()
    lock.release()
    return tmp_path / "data"


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def said(data: Path, capfdbinary: pytest.CaptureFixture[bytes], *words: str, at: float = START + 180) -> str:
    assert main(["handover", "--data", str(data), "--at", iso(at), *words]) == 0
    return capfdbinary.readouterr().out.decode()


def test_markdown_says_what_waits_and_who_has_what(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = said(data, capfdbinary)
    assert "1 alarm waits for somebody" in text
    taken = text[text.index("## Taken") : text.index("## Snoozed")]
    assert "a is down" in taken
    assert "fibre cut \\| =1+1" in taken
    assert "| jmo | ack | a | fibre cut |" in text


def test_as_of_then_nobody_had_taken_anything(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = said(data, capfdbinary, at=START + 100)
    assert "2 alarms wait for somebody" in text
    assert "Nobody has taken anything." in text
    assert "Nobody did anything." in text


def test_a_table_holds_no_formula(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(said(data, capfdbinary, "--format", "csv"))))
    assert [(r["section"], r["alarm_id"]) for r in rows][:2] == [("waiting", "b"), ("taken", "a")]
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    first, *rest = json.loads(said(data, capfdbinary, "--format", "json"))
    assert first["meta"]["report"] == "handover"
    assert [row["section"] for row in rest] == [r["section"] for r in rows]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["handover", "--since", "soon"], 2, "'soon' is no shift such as 8h"),
        (["handover", "--at", "yesterday"], 2, "is no time such as"),
        (["handover", "--data", "/nonexistent"], 1, "no history in /nonexistent"),
    ],
)
def test_what_cannot_be_is_one_line(words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == code
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_of_more_than_can_be_told_the_open_ones_are_told_and_that_it_is_cut(
    data: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noctui.runtime.handing_over.MOST", 1)
    text = said(data, capfdbinary)
    assert "So many alarms that only the newest 1 of the shift are told, and all that are open." in text
    assert "a is down" in text
    assert "b is down" in text
