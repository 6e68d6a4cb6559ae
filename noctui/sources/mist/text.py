"""Text from outside is data: control signs and direction tricks become `·`, secrets never leave."""

from __future__ import annotations

import re
import sys

_BAD = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def clean(text: str | None) -> str:
    """`text` without anything a terminal could obey; "" for None."""
    if not text:
        return ""
    return text if text.isprintable() else _BAD.sub("·", text)


def shared(text: str | None) -> str | None:
    """The one object for all equal texts: thousands of rows say `wan` and `ge-0/0/0`, and some are kept."""
    return sys.intern(text) if text is not None else None


def one_line(text: str, limit: int = 160) -> str:
    """`text` as one cleaned line of at most `limit` signs."""
    line = " ".join(clean(text.replace("\n", " ").replace("\r", " ").replace("\t", " ")).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def ending(secret: str) -> str:
    """How a token is named on screen and in logs: `…09be`; one too short to be a token shows nothing."""
    return f"…{clean(secret[-4:])}" if len(secret) >= 12 else "…"


def without(secrets: tuple[str, ...], text: str) -> str:
    """`text` with each of `secrets` shortened to its ending."""
    for secret in secrets:
        if secret and secret in text:
            text = text.replace(secret, ending(secret))
    return text
