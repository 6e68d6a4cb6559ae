"""docs/sla.md keeps its word: commands are taken as they stand there, keys and codes are the program's."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from noctui import promise_toml
from noctui.commands import codes
from noctui.commands.sla import parser
from tests.whole.terminal import ROOT

DOC = (ROOT / "docs/sla.md").read_text(encoding="utf-8")
SAMPLE = tomllib.loads((ROOT / "sample_data/noctui.toml").read_text(encoding="utf-8"))


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", DOC, re.DOTALL | re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("line", block("sh").splitlines())
def test_every_command_in_it_is_one(line: str) -> None:
    words = shlex.split(line.split(" # ")[0])
    assert words[:2] == ["noctui", "sla"]
    assert parser().parse_args(words[2:]).kind in ("report", "evaluate", "forecast", "tables", "claim")


def test_its_example_is_one() -> None:
    tree = tomllib.loads(block("toml"))
    settings = promise_toml.read_promises(tree["promise"], tree["applies"])
    assert settings.promises["gold"].notice == 864_000


def test_every_key_is_in_it_and_in_the_sample() -> None:
    keys = {*promise_toml._PROMISE, *promise_toml._APPLIES}
    assert {key for key in keys if f"`{key}" not in DOC} == set()
    gold = SAMPLE["promise"][0]
    assert set(promise_toml._PROMISE) - set(gold) == {"options"}  # the sample's third has them
    assert set(promise_toml._CREDITS) - set(gold["credits"]) == {"share"}  # bands have none


def test_its_codes_are_the_programs() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", DOC.split("## 9. Reports")[1], re.MULTILINE)}
    assert told == {codes.OK, codes.FAILED, codes.USAGE, codes.PARTIAL, codes.HISTORY}
