"""Copying: by OSC 52 to the terminal's clipboard, else to a file."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path

LONGEST = 74_994
"""Bytes that terminals take at most: 100,000 once they are spelled in base64 and wrapped."""
TMUX_SECONDS = 3.0
_WITHOUT = ("linux", "dumb", "vt100", "vt102", "vt220")


def takes(environ: Mapping[str, str], text: str) -> bool:
    """Whether the terminal may be given this text."""
    return not refusal(environ, text)


def refusal(environ: Mapping[str, str], text: str) -> str:
    """Why the terminal may not be given this text: one that knows no OSC 52 must not be, and none takes too much."""
    if environ.get("TERM", "dumb") in _WITHOUT or environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return "This terminal takes no copy"
    size = len(text.encode())
    return f"{size:,} bytes are more than terminals take ({LONGEST:,})" if size > LONGEST else ""


def told(text: str) -> str:
    """What was copied, in a line: of several lines how many, and the first that says something."""
    lines = text.splitlines()
    if len(lines) < 2:
        return text
    return f"{len(lines)} lines, {next((line.strip() for line in lines if line.strip()), '')}"


def sequence(text: str, tmux: bool = False) -> str:
    """OSC 52 with this text. Inside tmux it is passed through to the terminal around it: each ESC of it is doubled."""
    osc = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    return "\x1bPtmux;" + osc.replace("\x1b", "\x1b\x1b") + "\x1b\\" if tmux else osc


async def to_tmux(text: str) -> bool:
    """Give the text to the tmux that is around, which keeps it and asks the terminal around itself to take it.

    By its own command (tmux 3.2 and newer): whether it lets OSC 52 through by itself depends on settings that cannot
    be asked for. False: it has no such command.
    """
    try:
        tmux = await asyncio.create_subprocess_exec(
            "tmux", "load-buffer", "-w", "-",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return False
    try:
        await asyncio.wait_for(tmux.communicate(text.encode()), TMUX_SECONDS)
    except TimeoutError:
        tmux.kill()
        return False
    return tmux.returncode == 0


def write(text: str, folder: Path) -> Path:
    """Put the text into `copied.txt`, in place of what was copied before; returns where it is. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "copied.txt"
    file.write_text(f"{text}\n", encoding="utf-8")
    return file
