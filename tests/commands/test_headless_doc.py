"""docs/headless.md keeps its word: codes, commands and arguments are those of the program."""

from __future__ import annotations

import re
import shlex

import pytest

from noctui import cli
from noctui.commands import aggregate, arguments, codes, collect
from noctui.commands.aliases import ALIASES
from noctui.runtime.headless_aggregate import GRAINS
from tests.whole.terminal import ROOT

DOC = (ROOT / "docs/headless.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The words of every noctui command in the shell blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", DOC, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(".venv/bin/noctui ")]
    return [shlex.split(re.split(r"\s(?:#|>>)", line)[0])[1:] for line in lines]


def test_its_table_of_exit_codes_is_the_programs() -> None:
    table = DOC.split("## Exit codes", 1)[1].split("\n## ", 1)[0]
    told = {int(n) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for n in row.split(",")}
    ours = {codes.OK, codes.PARTIAL, *codes.OF_KIND.values(), *(codes.INTERRUPTED + n for n in (1, 2, 15))}
    assert told == ours


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_in_it_is_one(words: list[str]) -> None:
    """What they do is in tests/whole/test_headless.py; here: the program takes them as they are written."""
    parsers = {"collect": collect.parser, "aggregate": aggregate.parser}
    assert words[0] in cli.COMMANDS
    args = parsers.get(words[0], arguments.headless)().parse_args(words[1:])
    assert not args.demo


def test_every_argument_that_commands_share_is_in_it() -> None:
    flags = {flag for action in arguments.headless()._actions for flag in action.option_strings}
    assert {flag for flag in flags if f"`{flag}`" not in DOC} <= {"--sites", "-h", "--help"}
    assert all(f"`--{word}" in DOC or f"noctui {flag}" in DOC or f"`{flag}" in DOC for flag, word in ALIASES.items())
    assert all(word in DOC for word in GRAINS)


def test_every_event_that_commands_tell_is_in_it() -> None:
    told: set[str] = set()
    for file in (ROOT / "noctui/commands").glob("*.py"):
        told |= set(re.findall(r'"((?:collect|aggregate|backfill|full-cycle|check)\.[a-z]+)"', file.read_text()))
    assert told
    assert {event for event in told if f"`{event}`" not in DOC} == set()
