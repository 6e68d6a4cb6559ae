"""`noctui sla` over a real history: a month with known outages gives exact seconds, verdicts, credits and sheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from noctui.commands.sla import main
from noctui.commands.sla_claims import sheet_name
from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.words import State
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Retention, open_writer
from tests.stores.made import World, network

SETTINGS = """
[[promise]]
name = "gold"
uptime = 99.9
claim = "7 business days"

[promise.credits]
kind = "downtime"
bands = [{ from = 0, to = 2679, percent = 0 }, { from = 2679, percent = 10 }]

[[promise]]
name = "two ways"
uptime = 100
algorithm = "diversity"

[[applies]]
promise = "gold"
carrier = "=Lumen|1"

[[applies]]
promise = "two ways"
group = "ring"
"""
A, B, QUIET, GAP, NEW, NOBODY = (f"s{i // 2}:ge-0/0/{i % 2}" for i in range(6))


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def edge(circuit_id: str, time: str, state: State, until: str | None = None, known: str | None = None) -> Edge:
    return Edge(
        circuit_id=circuit_id, event_time=at(time), state=state, known_at=at(known or time),
        until=None if until is None else at(until), source="event",
    )  # fmt: skip


def promised() -> Inventory:
    """Six circuits: five of one carrier, one of which nobody promised anything; two of them in a ring."""
    made = network(known_at=at("2025-11-20"))
    told = {
        A: {"protection_group": "ring", "carrier_circuit_id": "KQGN/1"}, B: {"protection_group": "ring"}, QUIET: {},
        GAP: {}, NEW: {"turn_up": "2025-12-16"}, NOBODY: {"carrier": "Comcast"},
    }  # fmt: skip
    usual = {"carrier": "=Lumen|1", "monthly_cost": 600.0, "currency": "USD"}
    return replace(made, circuits=tuple(replace(c, **(usual | told[c.circuit_id])) for c in made.circuits))


EDGES = (
    *(edge(c, "2025-11-20", State.UP) for c in (A, B, QUIET, GAP, NEW, NOBODY)),
    edge(A, "2025-12-10T06:00:00", State.DOWN), edge(A, "2025-12-10T06:44:38", State.UP),  # 2,678 s of 2,678.4
    edge(B, "2025-12-10T06:00:00", State.DOWN), edge(B, "2025-12-10T06:44:39", State.UP),  # 2,679 s
    edge(GAP, "2025-12-11T00:00:00", State.UNKNOWN), edge(GAP, "2025-12-11T01:00:00", State.UP),
    edge(NEW, "2025-12-20T00:00:00", State.DOWN), edge(NEW, "2025-12-20T00:30:00", State.UP),  # of 16 days
)  # fmt: skip
LATE = edge(A, "2025-12-10T06:44:38", State.DOWN, "2025-12-10T06:44:39", known="2026-01-04T12:00:00")
POLLS = ("2025-11-20", "2025-12-10T07:00:00", "2025-12-21", "2026-01-02", "2026-01-03")


def history(folder: Path, edges: Iterable[Edge], polls: Iterable[str]) -> Path:
    """A data folder with these polls; the first one brings all edges, which were learned when they say."""
    org = folder / "data" / "org"
    org.mkdir(parents=True)
    lock = FolderLock(org)
    assert lock.try_acquire()
    writer = open_writer(org, "org", lock, Retention())
    inventory, left = promised(), tuple(edges)
    for poll in polls:
        writer.write(World(inventory, start=at(poll) - 60).poll(edges=left))
        left = ()
    writer.close()
    lock.release()
    (folder / "noctui.toml").write_text(SETTINGS)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return history(tmp_path_factory.mktemp("sla"), (*EDGES, LATE), (*POLLS, "2026-01-05"))


def said(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], *words: str, then: str = "2026-01-03", code: int = 0
) -> str:
    where = ("--data", str(folder / "data"), "--config", str(folder / "noctui.toml"))
    assert main([*words, *where, "--at", then]) == code, capfdbinary.readouterr().err
    return capfdbinary.readouterr().out.decode()


def verdicts(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], *words: str, **more: Any
) -> dict[str, dict[str, Any]]:
    lines = said(folder, capfdbinary, "evaluate", *words, **more).splitlines()
    return {row["circuit_id"]: row for row in map(json.loads, lines)}


def test_a_month_with_known_outages(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """December has 2,678,400 s, 99.9 % leaves 2,678.4 (facts 5.4, case 2: 2678 is met, 2679 is broken)."""
    found = verdicts(folder, capfdbinary, "--month", "2025-12")
    assert NOBODY not in found
    assert {c: (v["outcome"], v["counted_s"], v["budget_s"]) for c, v in found.items()} == {
        A: ("met", 2678, 2678.4), B: ("broken", 2679, 2678.4), QUIET: ("met", 0, 2678.4), GAP: ("unsure", 0, 2678.4),
        NEW: ("broken", 1800, 1382.4), "ring": ("broken", 2678, 0),
    }  # fmt: skip
    assert (found[A]["achieved_pct"], found[B]["achieved_pct"]) == (99.9, 99.899)  # cut off, never rounded
    assert (found[NEW]["partial"], found[QUIET]["partial"]) == (True, False)
    assert found[GAP]["counted_at_most_s"] == 3600
    assert found[B]["outages"] == [
        {"began": "2025-12-10T06:00:00Z", "ended": "2025-12-10T06:44:39Z", "down_s": 2679, "counted_s": 2679,
         "excused_s": 0, "excused_by": [], "confirmed": True}
    ]  # fmt: skip


def test_what_is_due_and_until_when(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Seven business days after 31 December: 9 January is the last."""
    found = verdicts(folder, capfdbinary, "--month", "2025-12")
    assert {c: v["credit"] for c, v in found.items()} == {
        A: "0.00", B: "60.00", QUIET: "0.00", GAP: "0.00", NEW: "0.00", "ring": None,
    }  # fmt: skip
    assert found[GAP]["credit_at_most"] == "60.00"
    assert found[B]["claim_by"] == "2026-01-10T00:00:00Z"
    assert found[QUIET]["claim_by"] is None


def test_what_was_known_then_is_kept_and_late_evidence_makes_a_new_version(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Learned on 4 January: it was down for a second more."""
    before = verdicts(folder, capfdbinary, "--month", "2025-12")[A]
    after = verdicts(folder, capfdbinary, "--month", "2025-12", then="2026-01-05")[A]
    assert (before["version"], before["outcome"], before["counted_s"]) == (1, "met", 2678)
    assert (after["version"], after["outcome"], after["counted_s"]) == (2, "broken", 2679)


def test_a_period_that_runs_is_scored_by_what_was_known_in_it(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    found = verdicts(folder, capfdbinary, then="2025-12-10T07:01:00")
    assert (found[A]["outcome"], found[A]["left_s"]) == ("at risk", 0.4)
    assert found[GAP]["outcome"] == "met"
    assert NEW not in found  # no service yet
    assert found[A]["known_at"] == "2025-12-10T07:00:00Z"  # the newest poll stands for now


def test_what_nobody_has_seen_for_long_is_unknown(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = verdicts(folder, capfdbinary, then="2025-12-15")
    assert found[QUIET]["outcome"] == "unsure"
    assert found[QUIET]["unknown_s"] == at("2025-12-15") - at("2025-12-10T07:00:00")


def test_a_month_that_ended_while_noctui_stood_still_is_not_taken_as_up(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    edges = (*EDGES[:6], *(edge(c, "2025-12-21", State.UNKNOWN, known="2026-02-01") for c in (A, QUIET)))
    folder = history(tmp_path, edges, (*POLLS[:3], "2026-02-01"))
    found = verdicts(folder, capfdbinary, "--month", "2025-12", then="2026-02-01")
    for circuit in (A, QUIET):
        assert (found[circuit]["outcome"], found[circuit]["version"]) == ("unsure", 1)
        assert found[circuit]["unknown_s"] == at("2026-01-01") - at("2025-12-21")


def test_by_carrier_and_by_site(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (row,) = csv.DictReader(
        io.StringIO(said(folder, capfdbinary, "report", "--month", "2025-12", "--format", "csv"))
    )  # fmt: skip
    assert row["carrier"] == "'=Lumen|1"  # no formula
    assert [row[key] for key in ("promises", "broken", "unsure", "met", "outages", "credits", "credits_at_most")] == [
        "6", "3", "1", "2", "4", "60.00 USD", "120.00 USD",
    ]  # fmt: skip
    assert (row["repaired"], row["to_repair_s"], row["longest_s"]) == ("4", "2458.75", "2679")
    text = said(folder, capfdbinary, "report", "--month", "2025-12", "--by", "site", "--format", "json")
    first, *rest = json.loads(text)
    assert (first["meta"]["period"], first["meta"]["by"]) == ("2025-12", "site")
    assert [(r["site_id"], r["promises"], r["broken"]) for r in rest] == [("s0", 3, 2), ("s2", 1, 1), ("s1", 2, 0)]


def test_by_circuit_what_has_least_left_comes_first(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = said(folder, capfdbinary, "report", "--month", "2025-12", "--by", "circuit", "--format", "ndjson")
    rows = [json.loads(line) for line in text.splitlines()[1:]]
    assert [r["circuit_id"] for r in rows] == ["ring", GAP, NEW, B, A, QUIET]
    assert [r["carrier_circuit_id"] for r in rows] == ["", "", "", "", "KQGN/1", ""]


def test_markdown_says_it_in_a_sentence(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = said(folder, capfdbinary, "report", "--month", "2025-12")
    assert "3 promises are broken." in text
    assert "Credits so far 60.00 USD." in text
    assert "| =Lumen\\|1 | 6 | 3 |" in text


def test_a_claim_sheet_for_each_carrier(
    folder: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    said(folder, capfdbinary, "report", "--month", "2025-12", "--claims", str(tmp_path / "claims"))
    (sheet,) = (tmp_path / "claims").iterdir()
    assert sheet.name == "claim-lumen-1-2025-12.md"
    text = sheet.read_text()
    assert "# Service levels of =Lumen\\|1, 2025-12" in text
    assert "time to repair: mean 2459 s (0:40:59), longest 2679 s (0:44:39)" in text
    assert "**To be claimed before 2026-01-10 00:00:00**" in text
    due = text[text.index("## Credits due") : text.index("## Due if what nobody saw was down")]
    assert (
        f"| {B} |  | gold | 2025-12 | 99.9 % | 99.899 % | 2679 s (0:44:39) | 10.000 % of the monthly charge: 60.00 USD"
        in due
    )
    assert GAP not in due
    assert (
        "| 2025-12-10 06:00:00 | 2025-12-10 06:44:39 | 2679 s (0:44:39) | 2679 s (0:44:39) | 0 s (0:00:00) |  |" in text
    )


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("report", "--month", "2026-13"), 2, "'2026-13' is no month such as 2026-10"),
        (("report", "--month", "2026-03"), 2, "2026-03 has not begun"),
        (("report", "--month", "2024-01"), 3, "period 2024-01: nothing is known of it"),
        (("evaluate", "--at", "soon"), 2, "is no time such as"),
        (("evaluate", "--data", "/nonexistent"), 1, "no history in /nonexistent"),
        (("evaluate", "--at", "2020-01-01"), 1, "no poll is kept for 2020-01-01T00:00:00Z"),
        (("report", "--out", "/nonexistent/x.csv"), 1, "/nonexistent/x.csv: cannot be written"),
        (("report", "--config", "/dev/null"), 2, "nothing is promised"),
    ],
)
def test_what_cannot_be_is_one_line_and_a_true_code(
    folder: Path, words: tuple[str, ...], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = ("--data", str(folder / "data"), "--config", str(folder / "noctui.toml"), "--at", "2026-01-03")
    assert main([words[0], *usual, *words[1:]]) == code
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_what_cannot_be_scored_is_said_and_the_rest_goes_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SETTINGS.replace('group = "ring"', 'group = "rang"') + '[[applies]]\npromise = "gold"\ncircuit = "x"\n'
    (tmp_path / "noctui.toml").write_text(text)
    words = ("--data", str(folder / "data"), "--config", str(tmp_path / "noctui.toml"), "--at", "2026-01-03")
    assert main(["evaluate", "--month", "2025-12", *words]) == 3
    err = capsys.readouterr().err
    assert "two ways is promised of group 'rang', and no circuit is in it" in err
    assert "gold is promised of circuit 'x', and there is none" in err


def test_a_sheets_name_is_harmless_and_its_own(tmp_path: Path) -> None:
    """Carriers' names come from outside: they cannot lead out of the folder, nor over another's sheet."""
    taken: list[Path] = []
    for carrier in ("../../etc/passwd", "A&B", "a b", "A/B", "", "\x1b[2J"):
        taken.append(tmp_path / sheet_name(carrier, "2025-12", taken))
    assert [path.name for path in taken] == [
        "claim-etc-passwd-2025-12.md", "claim-a-b-2025-12.md", "claim-a-b-2-2025-12.md", "claim-a-b-3-2025-12.md",
        "claim-unknown-2025-12.md", "claim-2j-2025-12.md",
    ]  # fmt: skip
