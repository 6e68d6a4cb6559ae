"""Copying: by OSC 52 to the terminal's clipboard, else to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

LONGEST = 74_994
"""Bytes that terminals take at most: 100,000 once they are spelled in base64."""
_WITHOUT = ("linux", "dumb", "vt100", "vt102", "vt220")


def takes(environ: Mapping[str, str], text: str) -> bool:
    """Whether the terminal may be given this text. One that knows no OSC 52 must not be, and none takes too much."""
    unable = environ.get("TERM", "dumb") in _WITHOUT or environ.get("TERM_PROGRAM") == "Apple_Terminal"
    return not unable and len(text.encode()) <= LONGEST


def write(text: str, folder: Path) -> Path:
    """Put the text into `copied.txt`, in place of what was copied before; returns where it is. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "copied.txt"
    file.write_text(f"{text}\n", encoding="utf-8")
    return file
