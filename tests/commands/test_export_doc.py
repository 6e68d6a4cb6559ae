"""docs/export.md keeps its word: every command in it runs, every table and option is in it, its codes are ours."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from noctui.commands import codes, export
from noctui.commands.exports.tables import TABLES
from tests.commands.exported import Half, run
from tests.whole.terminal import ROOT

DOC = (ROOT / "docs/export.md").read_text(encoding="utf-8")
PREFIX = ".venv/bin/noctui export "
EARLIER = {"availability", "billing", "failovers", "hourly", "offenders", "series"}
"""They ask for more than the half hour that the test's history has."""


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", DOC, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", commands())
def test_every_command_in_it_runs(
    half: Half, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """As written, but in the year of the test's history."""
    monkeypatch.chdir(tmp_path)
    assert line.startswith(PREFIX)
    words = shlex.split(line.removeprefix(PREFIX).split(" > ")[0].replace("2026-", "2025-"))
    ran = run(half, *words)
    missing = words[0] in EARLIER
    assert (ran.code, bool(ran.said)) == ((codes.PARTIAL, True) if missing else (codes.OK, False)), ran.said
    if "--out" in words:
        assert ran.out == b""
        assert (tmp_path / words[words.index("--out") + 1]).read_bytes().startswith(b"carrier,")
    else:
        assert ran.out


def test_every_table_stands_in_it_and_every_word_in_it_is_a_table() -> None:
    section = DOC.split("## Tables", 1)[1].split("| what, when", 1)[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    assert {word.split()[0] for cell in cells for word in re.findall(r"`([^`]+)`", cell)} == set(TABLES)


def test_the_times_are_those_of_the_tables() -> None:
    section = DOC.split("## Tables", 1)[1].split("| what, when", 1)[0]
    for names, told in re.findall(r"^\| (`[^|]+) \|.*\| ([^|]+) \|$", section, re.MULTILINE):
        windows = [TABLES[name.split()[0]].window for name in re.findall(r"`([^`]+)`", names)]
        if any(windows):
            assert list(dict.fromkeys(windows)) == [part.replace(" ", "") for part in told.split(",")], names


def test_every_option_stands_in_it() -> None:
    options = {a.option_strings[-1] for a in export.parser()._actions if a.option_strings} - {"--help"}
    shared = {"--host", "--insecure-host", "--poll-seconds", "--log-level", "--bus", "--lead-alone"}
    assert {option for option in options if f"`{option}" not in DOC} == shared


def test_its_exit_codes_are_ours() -> None:
    section = DOC.split("## Exit codes", 1)[1].split("\n## ", 1)[0]
    told = {int(n) for n in re.findall(r"(?:^|\. |\n)(\d+):", section)}
    assert told == {codes.OK, codes.FAILED, codes.USAGE, codes.PARTIAL, codes.HISTORY, codes.INTERRUPTED + 2}
