"""What systemd wants to hear of a service (`Type=notify`); nothing where nobody listens. Source: sd_notify(3)."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Say it, `READY=1` or `STATUS=…`; never fails and never waits."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # an abstract one
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as out:
            out.sendto(state.encode(errors="replace"), address)
    except OSError:
        return
