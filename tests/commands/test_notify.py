"""`noctui notify`: the rules without their secrets, and a message that really arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.commands.notify import main
from tests.runtime.test_notifying import SECRET, target


def toml(folder: Path, *urls: str) -> list[str]:
    file = folder / "noctui.toml"
    rules = [f'[[notify]]\nname = "rule {i}"\nurl = "{url}"\nafter = "15m"\n' for i, url in enumerate(urls)]
    file.write_text("\n".join(rules))
    return ["--config", str(file)]


def test_the_rules_are_listed_without_their_urls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", *toml(tmp_path, f"slack://{SECRET}/x")]) == 0
    said = capsys.readouterr().out
    assert "rule 0: critical or worse by slack, after 15m without an acknowledgement, at most 20 an hour" in said
    assert SECRET not in said


def test_a_test_message_arrives_and_one_that_does_not_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with target(200) as server:
        assert main(["test", *toml(tmp_path, server.url, f"json://127.0.0.1:1/{SECRET}")]) == 3
        (told,) = server.told
    out, err = capsys.readouterr()
    assert told["title"] == "noctui: test of rule 0"
    assert out == "rule 0: sent\n"
    assert err.startswith("rule 1: not sent: A Connection error")
    assert SECRET not in out + err


@pytest.mark.parametrize(
    ("words", "says"),
    [(["list"], "nobody is told: there is no [[notify]]"), (["test", "x"], "nobody is told")],
)
def test_without_rules_it_says_where_they_go(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "noctui.toml").write_text("")
    assert main([*words, "--config", str(tmp_path / "noctui.toml")]) == 2
    assert says in capsys.readouterr().err


def test_a_rule_of_another_name_is_refused_with_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", "rool", *toml(tmp_path, "json://127.0.0.1:1/x")]) == 2
    assert "no rule 'rool'; there are rule 0" in capsys.readouterr().err
