"""How the commands that read the history end: each fault has its line and its code of docs/headless.md."""

from __future__ import annotations

import errno

import pytest

from noctui.commands import codes
from noctui.commands.exports.asked import Refused
from noctui.commands.failing import Ended, ending
from noctui.config import ConfigError
from noctui.model.stores import HistoryError
from noctui.runtime.reading import NothingToRead


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError("noctui.toml line 3: no key colour"), codes.USAGE, "noctui.toml line 3: no key colour"),
        (Refused("no metric rxx; nearest rx"), codes.USAGE, "no metric rxx; nearest rx"),
        (Refused("no sums are kept of it", usage=False), codes.FAILED, "no sums are kept of it"),
        (NothingToRead("no history in /data"), codes.FAILED, "no history in /data"),
        (HistoryError("history.db was damaged"), codes.HISTORY, "history.db was damaged"),
        (OSError(errno.ENOSPC, "No space left on device"), codes.FAILED, "cannot be written: No space left on device"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_what_stops_it_becomes_a_line_and_a_code(error: BaseException, code: int, said: str) -> None:
    with pytest.raises(Ended) as ended, ending():
        raise error
    assert (ended.value.code, ended.value.said) == (code, said)


def test_a_file_that_cannot_be_written_is_named() -> None:
    with pytest.raises(Ended) as ended, ending("a.csv"):
        raise PermissionError(errno.EACCES, "Permission denied")
    assert ended.value.said == "a.csv: cannot be written: Permission denied"


def test_what_is_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), ending():
        raise ZeroDivisionError
