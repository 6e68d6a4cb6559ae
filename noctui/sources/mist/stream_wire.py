"""The stream's address, its messages, and the ways a connection ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from noctui.sources.mist.detail_values import an_object, text
from noctui.sources.mist.errors import Garbled, MistError

PATH = "/api-ws/v1/stream"
LARGEST = 4 * 2**20
"""Bytes of one message; the statistics of a gateway are some 20 kB."""


class Lost(MistError):  # noqa: N818 - named after the condition, as its base's others
    """The connection ended, or never came to be. `pause` is the least time before the next (seconds)."""

    def __init__(self, line: str, pause: float = 0.0) -> None:
        super().__init__(line)
        self.pause = pause


def stream_url(base: str) -> str:
    """`wss://api-ws.mist.com/api-ws/v1/stream` for `https://api.mist.com`; any other host keeps its name."""
    parts = urlsplit(base)
    if parts.scheme == "http":
        return f"ws://{parts.netloc}{PATH}"
    host = "api-ws." + parts.netloc[4:] if parts.netloc.startswith("api.") else parts.netloc
    return f"wss://{host}{PATH}"


def channel(site_id: str) -> str:
    return f"/sites/{site_id}/stats/devices"


def site_of(name: Any) -> str:
    """The site of a channel; "" for any other."""
    parts = name.split("/") if isinstance(name, str) else []
    return parts[2] if len(parts) == 5 and name == channel(parts[2]) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """`event` is `channel_subscribed`, `subscribe_failed`, `data` … or "" for what cannot be read."""

    event: str = ""
    site_id: str = ""
    detail: str = ""
    data: Any = None


def message(raw: str | bytes) -> Message:
    """Never raises: what cannot be read says nothing."""
    try:
        found = an_object(raw.encode("utf-8", "replace") if isinstance(raw, str) else raw)
    except Garbled:
        return Message()
    return Message(
        text(found.get("event")), site_of(found.get("channel")), text(found.get("detail")), found.get("data")
    )
