"""docs/warehouse.md keeps its word: tables, feeds, codes, metrics and arguments are those of the program."""

from __future__ import annotations

import re
import shlex

from noctui.commands import codes, sync
from noctui.runtime.sync_metrics import HELP
from noctui.stores.warehouse.ddl import FEEDS, TABLES
from tests.whole.terminal import ROOT

DOC = (ROOT / "docs/warehouse.md").read_text(encoding="utf-8")


def test_every_table_and_feed_is_in_it() -> None:
    assert {table.name for table in TABLES if f"`{table.name}`" not in DOC} == set()
    assert {feed.name for feed in FEEDS if f"`{feed.name}`" not in DOC} <= {"region_weekly", "region_monthly"}


def test_its_table_of_exit_codes_is_the_programs() -> None:
    table = DOC.split("## Exit codes", 1)[1].split("\n## ", 1)[0]
    told = {int(n) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for n in row.split(",")}
    signals = {codes.INTERRUPTED + n for n in (1, 2, 15)}
    assert told == {codes.OK, codes.FAILED, codes.PARTIAL, *codes.OF_WAREHOUSE.values(), *signals}


def test_its_commands_and_arguments_are_the_programs() -> None:
    lines = re.findall(r"^\S*noctui sync.*$", DOC, re.MULTILINE)
    assert len(lines) == 5
    for line in lines:
        sync.parser().parse_args(shlex.split(line.split("#")[0])[2:])
    own = {flag for action in sync.parser()._actions for flag in action.option_strings if flag.startswith("--")}
    for flag in ("--since", "--tables", "--anew", "--watch", "--every", "--metrics", "--dry-run"):
        assert flag in own
        assert f"`{flag}`" in DOC or f"noctui sync {flag}" in DOC
    assert {name for name in HELP if f"`{name}`" not in DOC and "began" not in name and "ended" not in name} == set()
