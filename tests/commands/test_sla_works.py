"""`noctui sla` with a carrier's notices in the history: what they excuse, how they came true, tables of a database."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from noctui.alarm_settings import EVERYBODY, USUAL
from noctui.clock import SystemClock
from noctui.commands.sla import main
from noctui.commands.sla_tables import HEADERS
from noctui.runtime.alarming import Alarming
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Retention, open_writer
from tests.commands.test_sla import EDGES, POLLS, A, at, history, said, verdicts
from tests.stores.notices import came, written

WINDOW = at("2025-12-10T05:30"), at("2025-12-10T06:30")
"""A is down from 06:00:00 to 06:44:38."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = history(tmp_path_factory.mktemp("sla_works"), EDGES, (*POLLS, "2026-01-05"))
    lock = FolderLock(made / "data" / "org")
    assert lock.try_acquire()
    writer = open_writer(made / "data" / "org", "org", lock, Retention())
    told = at("2025-11-25")
    writer.write_mails([came(written("CHG-1", [WINDOW], ["KQGN/1", "KQGN/404"], at=told), told)])
    calm = at("2025-12-15T01:00"), at("2025-12-15T02:00")
    writer.write_mails([came(written("CHG-2", [calm], ["KQGN/1"], at=told), told, "2.eml")])
    writer.close()
    lock.release()
    return made


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_a_verdict_says_what_excused_it(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = verdicts(folder, capfdbinary, "--month", "2025-12")[A]
    assert (found["excused_s"], found["counted_s"], found["down_s"]) == (1800, 878, 2678)
    (outage,) = found["outages"]
    assert (outage["excused_s"], outage["excused_by"]) == (1800, ["CHG-1"])


def test_asked_before_the_notice_came_nothing_is_excused(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = said(folder, capfdbinary, "forecast", "--by", "work", "--format", "csv", then="2025-11-24")
    assert rows(text) == []


def test_windows_are_measured_against_what_went_down(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    words = ("forecast", "--month", "2025-12", "--by", "work", "--format", "csv")
    first, second = rows(said(folder, capfdbinary, *words))
    assert (first["maintenance_id"], first["outcome"], first["circuits"], first["hit"]) == (
        "CHG-1", "over its window", "1", "1",
    )  # fmt: skip
    seconds = [first[name] for name in ("announced_s", "down_s", "over_s", "longest_s")]
    assert seconds == ["1800", "1800", "878", "2678"]
    assert first["notice_s"] == str(int(WINDOW[0] - at("2025-11-25")))
    assert (second["maintenance_id"], second["outcome"]) == ("CHG-2", "nothing went down")


def test_a_carrier_s_row_adds_its_windows_up(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = said(folder, capfdbinary, "forecast", "--month", "2025-12", "--format", "json")
    found: list[dict[str, Any]] = json.loads(text)
    (row,) = (one for one in found if "carrier" in one)
    assert (row["carrier"], row["windows"], row["over_window"], row["nothing_down"]) == ("Zayo", 2, 1, 1)
    assert (row["announced_s"], row["took_s"]) == (3600, 2678)


def test_as_markdown_it_begins_with_a_sentence(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = said(folder, capfdbinary, "forecast", "--month", "2025-12")
    assert "2 windows are over: 0 as told, 1 over its end by 878 s together." in text
    assert text.startswith("# Announced and kept, 2025-12-01 to 2026-01-01")


def test_nine_tables_whose_ids_fit_together(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    out = folder / "tables"
    said(folder, capfdbinary, "tables", str(out), "--month", "2025-12")
    made = {path.stem: rows(path.read_text(encoding="utf-8")) for path in out.iterdir()}
    assert set(made) == set(HEADERS)
    (outage,) = [o for o in made["CircuitOutageEvent"] if o["internalCircuitId"] == A]
    assert (outage["duration"], outage["maintenance"]) == ("2678", "Zayo CHG-1")
    names = ("parsedVendorCircuitId", "internalCircuitId", "impactDuration")
    told = [tuple(m[name] for name in names) for m in made["MaintForecastEvent"]]
    assert told == [("KQGN/1", A, "1800"), ("KQGN/404", "", "1800"), ("KQGN/1", A, "1800")]
    circuits = {c["internalCircuitId"]: c for c in made["Circuit"]}
    assert circuits[A]["vendorCircuitId"] == "KQGN/1"
    (measured,) = [m for m in made["SlaMeasurements"] if m["internalCircuitId"] == A]
    assert (measured["unforecastDuration"], measured["forecastDuration"], measured["outcome"]) == ("878", "1800", "met")
    assert {(p["slaId"]) for p in made["SlaPromises"]} == {s["slaId"] for s in made["Sla"]}
    assert {row["internalCircuitId"] for row in made["EquipmentPort"]} <= set(circuits)


def test_no_such_range_is_refused(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for words in (["forecast", "--days", "0"], ["forecast", "--days", "many"], ["tables"]):
        with pytest.raises(SystemExit) as refused:
            main(words)
        assert refused.value.code == 2
    capfdbinary.readouterr()


def test_nothing_is_noted_of_a_month_that_has_not_begun(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--data", str(folder / "data"), "--config", str(folder / "noctui.toml")]
    assert main(["claim", "=lumen|1", "--month", "9000-12", "--how", "ticket 4711", *where]) == 2
    assert capsys.readouterr().err == "noctui: 9000-12 has not begun\n"


@pytest.mark.parametrize("days", ["0", "-1", "1001", "nan", "many"])
def test_days_that_are_none_are_refused_in_words(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["forecast", f"--days={days}"])
    assert "argument --days: must be a number of days above 0, at most 1000" in capsys.readouterr().err


def test_what_a_carrier_was_asked_for_is_noted_by_who_leads_next(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    made = history(tmp_path, EDGES, POLLS)
    where = ["--data", str(made / "data"), "--config", str(made / "noctui.toml")]
    assert main(["claim", "=lumen|1", "--month", "2025-12", "--how", "ticket 4711", *where]) == 0
    lead(made)
    row = rows(said(made, capfdbinary, "report", "--month", "2025-12", "--format", "csv", then="2030-01-01"))[0]
    assert (row["claimed_by"] != "", row["claimed_how"]) == (True, "ticket 4711")
    said(made, capfdbinary, "report", "--month", "2025-12", "--claims", str(made / "sheets"), then="2030-01-01")
    (sheet,) = (made / "sheets").iterdir()
    assert ": ticket 4711." in sheet.read_text(encoding="utf-8")
    assert main(["claim", "=Lumen|1", "--month", "2025-12", "--undo", *where]) == 0
    lead(made)
    (again, *_) = rows(said(made, capfdbinary, "report", "--month", "2025-12", "--format", "csv", then="2030-01-01"))
    assert again["claimed_at"] == ""


@pytest.mark.parametrize(("words", "why"), [
    (["Nobody", "--month", "2025-12", "--how", "x"], "no circuit of ours is 'Nobody''s; there are =Lumen|1, Comcast"),
    (["Comcast", "--month", "2025-12"], "say how the carrier was asked"),
    (["Comcast", "--month", "12/2025", "--how", "x"], "is no month"),
])  # fmt: skip
def test_what_cannot_be_claimed_is_said(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], words: list[str], why: str
) -> None:
    where = ["--data", str(folder / "data"), "--config", str(folder / "noctui.toml")]
    assert main(["claim", *words, *where]) == 2
    assert why in capfdbinary.readouterr().err.decode()


def lead(made: Path) -> None:
    """A term as leader that does what people left."""
    org = made / "data" / "org"
    lock = FolderLock(org)
    assert lock.try_acquire()
    writer = open_writer(org, "org", lock, Retention())
    alarming = Alarming(USUAL, EVERYBODY, SystemClock())
    alarming.warm(writer, ())
    assert alarming.act(writer)
    writer.close()
    lock.release()
