"""How a command that reads the history ends when it cannot go on: a line that says why, and its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from noctui.commands import codes
from noctui.config import ConfigError
from noctui.model.stores import HistoryError


class Ended(Exception):  # noqa: N818 - no bug: it carries the exit code
    """The command ends with this code; `said` is what is to be said before, empty for nothing."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(said)
        self.code = code
        self.said = said


@contextmanager
def ending(where: str = "") -> Iterator[None]:
    """Turns what may stop such a command into Ended. `where` is the file that it writes; empty: standard output."""
    from noctui.commands.exports.asked import Refused
    from noctui.runtime.reading import NothingToRead

    try:
        yield
    except ConfigError as error:
        raise Ended(codes.USAGE, str(error)) from error
    except Refused as error:
        raise Ended(codes.USAGE if error.usage else codes.FAILED, str(error)) from error
    except NothingToRead as error:
        raise Ended(codes.FAILED, str(error)) from error
    except HistoryError as error:
        raise Ended(codes.HISTORY, str(error)) from error
    except BrokenPipeError as error:  # `| head` has seen enough
        from noctui.commands.exports.writing import let_go

        let_go()
        raise Ended(codes.FAILED) from error
    except OSError as error:
        said = f"cannot be written: {error.strerror or error}"
        raise Ended(codes.FAILED, f"{where}: {said}" if where else said) from error
    except KeyboardInterrupt as error:
        raise Ended(codes.INTERRUPTED + 2) from error
