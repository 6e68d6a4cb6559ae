"""Commands as processes of their own that need not import everything again: forked off one that has.

A third of a second of processor time less for each. What is forked runs noctui's own main with its own arguments,
environment, folder and files, and ends as any interpreter does. Where a process is signalled, killed or read while it
runs, tests start a real one.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

ROOT = Path(__file__).parents[2]
BEFORE = (
    "noctui.commands.aggregate", "noctui.commands.check", "noctui.commands.collect", "noctui.commands.full_cycle",
    "noctui.runtime.collector",
)  # fmt: skip


@cache
def _parent() -> subprocess.Popen[bytes]:
    """One for this process, until it ends."""
    words = [sys.executable, "-m", "tests.whole.forked"]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NOCTUI_", "MIST_", "XDG_"))}
    env["PYTHONPATH"] = str(ROOT)
    parent = subprocess.Popen(words, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    atexit.register(_end, parent)
    return parent


def _end(parent: subprocess.Popen[bytes]) -> None:
    parent.communicate()


def run(words: Sequence[str], env: Mapping[str, str], folder: Path, patience: float) -> tuple[int, str, str]:
    """`noctui WORDS` there: its exit code, what it said, its errors. After `patience` seconds it has failed."""
    parent = _parent()
    assert parent.stdin is not None
    assert parent.stdout is not None
    with NamedTemporaryFile() as out, NamedTemporaryFile() as errors:
        asked = {"words": list(words), "env": dict(env), "folder": str(folder), "files": [out.name, errors.name]}
        parent.stdin.write(json.dumps(asked).encode() + b"\n")
        pid = int(parent.stdout.readline())
        if not select.select([parent.stdout], [], [], patience)[0]:
            os.kill(pid, signal.SIGKILL)
            parent.stdout.readline()
            raise AssertionError(f"noctui {' '.join(words)} did not end within {patience:g} s")
        code = int(parent.stdout.readline())
        return code, Path(out.name).read_text(), Path(errors.name).read_text()


def _become(asked: dict[str, Any]) -> int:
    """In the child: what a process has that was started so."""
    for number, path in enumerate([os.devnull, *asked["files"]]):
        fd = os.open(path, os.O_RDWR | (os.O_APPEND if number else 0))
        os.dup2(fd, number)
        os.close(fd)
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["folder"])
    sys.argv = ["noctui", *asked["words"]]
    return importlib.import_module("noctui.cli").main()  # type: ignore[no-any-return]


def main() -> None:
    """A line for each that is asked for: its number, then its exit code."""
    for module in BEFORE:
        importlib.import_module(module)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            raise SystemExit(_become(asked))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
