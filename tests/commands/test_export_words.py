"""What cannot be had is one clear line with the nearest names and a true exit code, and nothing else is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from noctui.commands import codes
from noctui.commands.exports.tables import TABLES
from tests.commands.exported import CIRCUIT, START, UNTIL, Half, iso, run
from tests.walk.walk import HOUR

LATER = iso(UNTIL + HOUR)
USAGE = {
    ("circuit",): "no table circuit; did you mean circuits?",
    ("colours",): "no table colours; there are: circuits, sites, regions",
    ("circuits", "--format", "jsn"): "--format: jsn is none; did you mean json?",
    ("circuits", "--sort", "rx_pc"): "--sort rx_pc: no such column; did you mean rx_pct?",
    ("circuits", "--filter", "speed>3"): "--filter: no column speed here; there are: util rx tx",
    ("circuits", "--filter", "util>"): "--filter: util> what? a value is missing",
    ("circuits", "--top", "0"): "--top: must be a whole number from 1 on",
    ("circuits", "--window", "3h"): "--window does not go with circuits, which is of one instant: see --at",
    ("circuits", "--by", "site"): "--by does not go with circuits; it goes with: offenders, availability",
    ("circuits", "--metric", "loss"): "--metric does not go with circuits; it goes with: series, offenders",
    ("circuits", CIRCUIT): f"circuits takes no circuit: use --filter {CIRCUIT}",
    ("alarms", "--window", "2h"): "--window 2h is none; there are: 1h, 3h, 12h, 24h, 7d, 31d, 13mo",
    ("alarms", "--window", "3h", "--day", "2025-11-23"): "--window and --day are two times: give one",
    ("alarms", "--end", LATER): "--end needs --start",
    ("alarms", "--start", "2025-11-23T15:00", "--end", "2025-11-23T14:00"): (
        "--start 2025-11-23T15:00 is not before --end 2025-11-23T14:00"
    ),
    ("alarms", "--start", "yesterday"): "--start 'yesterday' is no time such as 2026-11-28T14:00",
    ("alarms", "--at", "12:99"): "--at '12:99' is no time",
    ("alarms", "--day", "2025-11-31"): "--day: '2025-11-31' is no day such as 2026-11-28",
    ("alarms", "--week", "2025-W53"): "--week: '2025-W53' is no week such as 2026-W48",
    ("alarms", "--month", "2025-13"): "--month: '2025-13' is no month such as 2026-11",
    ("billing", "--day", "2025-11-23"): "--day does not go with billing: give --month",
    ("series",): "series of which circuit? give its id, or a filter's words, after series",
    ("series", CIRCUIT, "--metric", "speed"): "--metric speed is none; there are: rx_pct",
    ("figures", "--metric", "utl"): "--metric utl is none; did you mean util?",
    ("figures", "--by", "sites"): "--by sites is none; did you mean site?",
    ("figures", "--names", "s1"): "--names s1 is none; there are: ours, s0",
    ("figures", "--names", "s0", "--by", "site"): "--names s0 are of circuits: leave --by site out",
    ("figures", "--names", "s0", "--metric", "loss"): "--metric does not go with --names s0",
    ("figures", CIRCUIT, "--by", "site"): "--by site does not go with one circuit",
    ("offenders", "--metric", "worsening", "--by", "site"): "--metric worsening ranks circuits alone",
    ("offenders", "--metric", "loss,jitter"): "offenders is of one metric: give one of loss, jitter",
    ("circuits", "--nothing"): "unrecognized arguments: --nothing; see noctui export --help",
    (): "the following arguments are required: TABLE; see noctui export --help",
}  # fmt: skip
FAILED = {
    ("alarms", "--start", LATER): f"{LATER} to now begins after the newest poll, which is of 2025-11-23 12:30 UTC",
    ("alarms", "--day", "2025-11-24"): "2025-11-24 begins after the newest poll",
    ("alarms", "--day", "2025-11-20"): "2025-11-20 is before the history, which begins at 2025-11-23 12:00 UTC",
    ("circuits", "--at", "2025-11-01"): "no poll is kept for 2025-11-01T00:00:00Z; the polls that are kept begin at",
    ("circuits", "--org-id", "nobody"): "no history of org nobody in ",
    ("series", "no-such"): "no circuit no-such by its id or a filter's words; noctui export circuits has all of them",
    ("series", f"x{CIRCUIT}"): f"no circuit x{CIRCUIT} by its id or a filter's words; did you mean {CIRCUIT}?",
    ("series", "0"): "circuits match 0: ",
    ("daily", "--start", iso(START + 60)): "no day begins in that time: ask for a longer one",
}  # fmt: skip


@pytest.mark.parametrize("words", list(USAGE))
def test_what_can_never_be_had_is_a_matter_of_usage(half: Half, words: tuple[str, ...]) -> None:
    ran = run(half, *words)
    assert (ran.code, ran.out, ran.said.count("\n")) == (codes.USAGE, b"", 1)
    assert USAGE[words] in ran.said


@pytest.mark.parametrize("words", list(FAILED))
def test_what_this_history_does_not_hold_has_failed(half: Half, words: tuple[str, ...]) -> None:
    ran = run(half, *words)
    assert (ran.code, ran.out, ran.said.count("\n")) == (codes.FAILED, b"", 1)
    assert FAILED[words] in ran.said


def test_usage_is_found_out_without_a_history(tmp_path: Path) -> None:
    assert run(tmp_path / "none", "circuit").code == codes.USAGE


@pytest.mark.parametrize("folder", ["none", "empty"])
def test_no_history_is_said_and_none_is_made(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    ran = run(tmp_path / folder, "circuits")
    assert ran.code == codes.FAILED
    assert (
        ran.said == f"noctui: no history in {tmp_path / folder}; run noctui collect first, or see --data and --demo\n"
    )
    assert [p.name for p in tmp_path.rglob("*")] == ["empty"]


def test_of_several_orgs_one_must_be_named(half: Half, tmp_path: Path) -> None:
    (org,) = [p.parent for p in half.data.glob("*/history.db")]
    for name in ("a", "b"):
        shutil.copytree(org, tmp_path / name)
    ran = run(tmp_path, "circuits")
    assert ran.code == codes.FAILED
    assert "holds histories of several orgs: say which with --org-id: a, b" in ran.said
    assert run(tmp_path, "circuits", "--org-id", "b").out == half.now["circuits"]


def test_a_history_that_cannot_be_read_has_a_code_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "history.db").write_bytes(b"no database at all" * 100)
    ran = run(tmp_path, "circuits")
    assert (ran.code, ran.said.count("\n")) == (codes.HISTORY, 1)
    assert "corrupt" in ran.said


@pytest.mark.parametrize("name", ["util", "utilisation", "Utilization"])
def test_a_metric_may_be_called_as_the_screens_do(half: Half, name: str) -> None:
    assert b"utilisation_p95_pct" in run(half, "figures", "--metric", name, "--window", "1h").out


def test_hostile_words_cannot_control_the_terminal(half: Half) -> None:
    ran = run(half, "cir\x1b[31mcuits\n")
    assert ran.code == codes.USAGE
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ran.said) is None


def test_the_demos_history_is_beside_the_own(half: Half, tmp_path: Path) -> None:
    shutil.copytree(half.data, tmp_path / "mine-demo")
    assert run(tmp_path / "mine", "circuits", "--demo").out == half.now["circuits"]
    assert not (tmp_path / "mine").exists()


def test_the_help_names_every_table(half: Half) -> None:
    ran = run(half, "--help")
    assert ran.code == 0
    for name, table in TABLES.items():
        assert re.search(rf"^  {name} +{re.escape(table.help)}", ran.out.decode(), re.MULTILINE)


def test_an_instant_that_no_poll_has_come_to_is_answered_and_said(half: Half) -> None:
    found = run(half.data, "regions", "--at", LATER)
    assert found.code == codes.PARTIAL
    assert "lies after the newest poll: this is as of 2025-11-23T12:30:00Z" in found.said
    assert found.out == half.now["regions"]
