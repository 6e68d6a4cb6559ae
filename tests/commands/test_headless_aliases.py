"""The other program's spellings (facts/predecessors.md 1.0, FEATURES S0-CLI): one table, used and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui import cli
from noctui.commands.aliases import ALIASES, AliasError, translated


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("--collect", "collect"),
        ("--collect --start 2026-11-01 --end 2026-11-02", "collect --start 2026-11-01 --end 2026-11-02"),
        ("--start 2026-11-01 --collect", "collect --start 2026-11-01"),
        ("--aggregate daily", "aggregate daily"),
        ("--aggregate=weekly -v", "aggregate weekly -v"),
        ("-v --aggregate monthly --dry-run", "aggregate -v monthly --dry-run"),
        ("--full-cycle --verbose", "full-cycle --verbose"),
        ("--test", "check"),
        ("--demo --ascii", "--demo --ascii"),
        ("inventory check --test", "inventory check --test"),
        ("", ""),
    ],
)
def test_each_means_our_command(theirs: str, ours: str) -> None:
    assert translated(theirs.split()) == ours.split()


@given(st.lists(st.sampled_from(["collect", "--demo", "-v", "--data", "x", "config", "--host=y"])))
def test_our_own_words_stay_as_they_are(words: list[str]) -> None:
    assert translated(words) == words


def test_two_at_once_are_none() -> None:
    with pytest.raises(AliasError, match="--collect and --full-cycle cannot be asked for at once"):
        translated(["--collect", "-v", "--full-cycle"])


def test_every_one_is_a_command_that_is_there_and_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(ALIASES.values()) <= set(cli.COMMANDS)
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert all(f"{flag} is {word}" in told for flag, word in ALIASES.items())
    assert all(word in told for word in cli.COMMANDS)
