"""A sync that kills itself with SIGKILL after a step: `python -m tests.stores.warehouse.victim JSON`."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from noctui.stores.warehouse.login import Login
from tests.stores.warehouse.hours import sync


def killing(folder: Path, login: Login, step: str, times: int, most: int) -> None:
    """Does not come back where the step is done so many times."""
    left = times

    def done(name: str) -> None:
        nonlocal left
        left -= name == step
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    sync(folder, login, done, most=most)


def told(folder: Path, login: Login, step: str, times: int, most: int) -> dict[str, Any]:
    """The same as what is given to such a process."""
    names = (
        "account",
        "user",
        "authenticator",
        "password",
        "host",
        "port",
        "protocol",
        "database",
        "schema",
        "timeout",
    )
    own = {name: getattr(login, name) for name in names}
    return {"folder": str(folder), "login": own, "step": step, "times": times, "most": most}


def main(text: str) -> None:
    given = json.loads(text)
    killing(Path(given["folder"]), Login(**given["login"]), given["step"], given["times"], given["most"])


if __name__ == "__main__":
    main(sys.argv[1])
