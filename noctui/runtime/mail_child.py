"""Reads mails in a process of its own, `python -m noctui.runtime.mail_child`: whatever a message does to its reader
costs that process, nothing else.

On standard input frames of four bytes' length and MessagePack: first a `Begin`, then `Job`s; on standard output a
`Notice` for each.
"""

from __future__ import annotations

import resource
import sys
from typing import Any, BinaryIO

import msgspec

MEMORY = 2_000_000_000
"""Bytes that the process may map: no message needs a tenth of it."""
MOST = 64 * 1024 * 1024


class Begin(msgspec.Struct, frozen=True):
    """The carriers of the settings, as `planned.providers.of_settings` reads them."""

    providers: tuple[dict[str, Any], ...] = ()


class Job(msgspec.Struct, frozen=True):
    data: bytes
    sender: str = ""


def send(file: BinaryIO, payload: bytes) -> None:
    file.write(len(payload).to_bytes(4, "big") + payload)
    file.flush()


def receive(file: BinaryIO) -> bytes | None:
    """The next frame; None at the end. Raises ValueError for one that is too long."""
    head = file.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    if length > MOST:
        raise ValueError(f"a frame of {length} bytes")
    payload = file.read(length)
    return payload if len(payload) == length else None


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from noctui.planned.providers import of_settings, with_own
    from noctui.planned.reading import read

    pipe, out = sys.stdin.buffer, sys.stdout.buffer
    first = receive(pipe)
    if first is None:
        return 0
    providers = with_own(of_settings(msgspec.msgpack.decode(first, type=Begin).providers))
    jobs = msgspec.msgpack.Decoder(Job)
    while (frame := receive(pipe)) is not None:
        job = jobs.decode(frame)
        send(out, msgspec.msgpack.encode(read(job.data, providers, job.sender)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
