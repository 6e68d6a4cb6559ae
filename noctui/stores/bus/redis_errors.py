"""What goes wrong with the bus, each in one line of what, where and what to do."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions as of_redis

FOREIGN = "NOCTUI_FOREIGN"
"""How the script's error begins when a key of ours holds something else."""


NEEDS = "~{noctui:* +@read +@write +@connection +@scripting +time +info"
"""What an ACL has to allow a user that leads; one that only follows: +@read, +@connection, +time."""


class BusError(Exception):
    """The bus cannot do what was asked; the text is one clear line."""


class BusLostError(BusError):
    """It cannot be reached, or does not answer. It may come back by itself."""


class BusRefusedError(BusError):
    """It answers, and refuses: a wrong password, a read-only replica, full memory. Somebody has to mend it."""


class ForeignKeyError(BusRefusedError):
    """A key of ours holds something that is not ours."""


class StreamAheadError(ForeignKeyError):
    """A Stream holds entries with higher numbers than this leadership's."""


class FencedError(BusError):
    """Somebody else leads, or nobody: what was to be written is not."""


@contextmanager
def named(where: str) -> Iterator[None]:
    """Turns what the client raises into the errors above. `where` is the address for people.

    A cancellation that the client lost on its way is raised here: it sends with `wait_for`, which until Python 3.12
    forgets one that comes just when the sending is done.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        yield
    except BusError:
        raise
    except (of_redis.RedisError, OSError) as error:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError from error
        raise told(error, where) from error
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError


def told(error: BaseException, where: str) -> BusError:
    """The error in our words."""
    text = _one_line(str(error))
    upper = text.upper()
    kinds = of_redis
    if text.startswith(FOREIGN):
        return ForeignKeyError(f"{where}: {text.removeprefix(FOREIGN).strip()}")
    if "EQUAL OR SMALLER THAN" in upper:
        return StreamAheadError(f"{where}: a Stream of noctui holds entries that are not; remove it with DEL")
    if "WRONGTYPE" in upper:
        return ForeignKeyError(f"{where}: a key of noctui holds something of another kind; remove it with DEL")
    wrong = "NOAUTH" in upper or "WRONGPASS" in upper or "INVALID USERNAME-PASSWORD" in upper
    if isinstance(error, kinds.AuthenticationError) or wrong:  # the client may say it of the connection alone
        return BusRefusedError(f"{where} refuses the user or password; set them in REDIS_URL or REDIS_PASSWORD")
    if isinstance(error, kinds.NoPermissionError) or "NOPERM" in upper:
        return BusRefusedError(f"{where}: this user may not do that ({text}); to lead it needs {NEEDS}")
    if isinstance(error, kinds.ReadOnlyError) or "READONLY" in upper:
        return BusRefusedError(f"{where} is a read-only replica; name the primary in REDIS_URL")
    if isinstance(error, kinds.OutOfMemoryError) or re.search(r"\bOOM\b", upper):
        return BusRefusedError(f"{where} is full (maxmemory); give it more memory")
    if "MISCONF" in upper:
        return BusRefusedError(f"{where} cannot save to its disk and takes no writes; look into its log")
    if isinstance(error, kinds.BusyLoadingError) or upper.startswith(("LOADING", "MASTERDOWN", "CLUSTERDOWN")):
        return BusLostError(f"{where} is not ready yet ({text})")
    if isinstance(error, kinds.TimeoutError | TimeoutError) or upper.startswith("TIMEOUT "):
        return BusLostError(f"{where} does not answer")
    if isinstance(error, ssl.SSLError) or "CERTIFICATE" in upper or "SSL" in upper:
        return BusRefusedError(f"{where}: no TLS with it ({text}); rediss:// needs its certificate's authority")
    if isinstance(error, kinds.ConnectionError | OSError):
        return BusLostError(f"{where} cannot be reached ({_CONNECTING.sub('', text).rstrip('.')})")
    return BusRefusedError(f"{where}: {text}")


_CONNECTING = re.compile(r"^Error -?\d+ connecting to \S+\. (?=\S)")
"""What the client says before the reason; where it was to is said already."""


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)[:200]
