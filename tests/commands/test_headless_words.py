"""What commands without a screen cannot read: one clear line on standard error, exit code 2 (docs/headless.md)."""

from __future__ import annotations

import pytest

from noctui import cli


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("aggregate", "the following arguments are required: daily|weekly|monthly; see noctui aggregate --help"),
        (
            "aggregate yearly",
            "argument daily|weekly|monthly: 'yearly' is none of daily, weekly, monthly; see noctui aggregate --help",
        ),
        ("collect --star", "argument --start: expected one argument; see noctui collect --help"),
        ("collect now", "unrecognized arguments: now; see noctui collect --help"),
        (
            "full-cycle --sites 0",
            "argument --sites: must be a whole number from 1 to 50000; see noctui full-cycle --help",
        ),
        ("check \x1b[2J", "unrecognized arguments: ·[2J; see noctui check --help"),
    ],
)
def test_it_is_said_in_one_line(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words.split())
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err) == (2, "", f"noctui: {said}\n")
