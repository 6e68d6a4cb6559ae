"""Reads mails with circuit-maintenance-parser in a process of its own: `python -m noctui.runtime.cmp_child`.

Frames as in `mail_child`: for each `Ask` a notice, our reading put together with its. The parser may open no
connection, start no program and take no more memory than said: one of its forms asks a web service for a city, and with
a key in the environment it would send whole mails away.
"""

from __future__ import annotations

import contextlib
import email
import logging
import os
import resource
import sys
import time
import warnings
from collections.abc import Iterator
from email.message import Message
from email.utils import formatdate
from importlib import import_module
from typing import Any, BinaryIO

import msgspec

from noctui.model.notices import Notice
from noctui.planned import flattened
from noctui.planned.beside import Row, name_of, together
from noctui.planned.mail import Mail
from noctui.planned.mail import read as read_mail
from noctui.runtime.cmp_reader import Ask
from noctui.runtime.mail_child import receive, send

MEMORY = 2_000_000_000
"""Bytes the process may map; what is in its memory is 0.15 GB with the map of time zones."""
SLOW = ("cogent",)
"""Forms that are tried only when the sender is known: they read a map of cities and of time zones."""
_REFUSED = ("socket.", "subprocess.", "os.exec", "os.system", "os.posix_spawn", "os.fork", "urllib.Request", "ftplib.",
            "smtplib.", "http.client.connect", "webbrowser.")  # fmt: skip


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ["TZ"] = "UTC"
    time.tzset()
    for name in [n for n in os.environ if n.startswith("PARSER_")]:
        del os.environ[name]
    pipe, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what it prints is no answer
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    parser = Parser()
    confine()
    return serve(parser, pipe, out)


def serve(parser: Parser, pipe: BinaryIO, out: BinaryIO) -> int:
    asked = msgspec.msgpack.Decoder(Ask)
    while (frame := receive(pipe)) is not None:
        ask = asked.decode(frame)
        rows: list[Row] = []
        with contextlib.suppress(Exception):  # its forms raise all sorts: then ours is the only reading
            rows = parser.rows(ask.data, ask.own)
        send(out, msgspec.msgpack.encode(together(ask.own, rows, lines_of(read_mail(ask.data))) if rows else ask.own))
    return 0


def confine() -> None:
    """From here on this process opens no connection and starts no program; nothing can undo it."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError(f"{event}: nothing may go out from here")

    sys.addaudithook(hook)


class Parser:
    """circuit-maintenance-parser, imported. Raises ImportError where it is not."""

    def __init__(self) -> None:
        cmp: Any = import_module("circuit_maintenance_parser")
        utils: Any = import_module("circuit_maintenance_parser.utils")

        def nowhere(city: str) -> tuple[float, float]:
            raise utils.ParserError(f"no city {city} on the map")

        utils.Geolocator.get_location_from_api = staticmethod(nowhere)
        self._cmp = cmp
        self._forms = {one.get_provider_type(): one for one in cmp.SUPPORTED_PROVIDERS}
        self._forms.pop("genericprovider", None)

    def rows(self, data: bytes, own: Notice) -> list[Row]:
        """What it reads; nothing where it cannot."""
        message = _whole(email.message_from_bytes(data))
        told = self._cmp.NotificationData.init_from_emailmessage(message)
        if told is None:
            return []
        if own.provider:
            return list(self._read(name_of(own.provider), told))
        if own.maintenances:
            return []
        fits = [rows for name in self._forms if name not in SLOW and (rows := list(self._read(name, told)))]
        alike = {frozenset((r.maintenance_id, r.start, r.end) for r in rows) for rows in fits}
        return [msgspec.structs.replace(row, guessed=True) for row in fits[0]] if len(alike) == 1 else []

    def _read(self, name: str, told: Any) -> Iterator[Row]:
        form = self._forms.get(name)
        if form is None:
            return
        found: Any = ()
        with contextlib.suppress(Exception):  # of this form; another may fit
            found = list(form().get_maintenances(told))
        for one in found:
            yield Row(
                maintenance_id=str(one.maintenance_id),
                status=str(one.status.value),
                start=int(one.start),
                end=int(one.end),
                circuits=tuple((str(c.circuit_id), str(c.impact.value)) for c in one.circuits),
                account=str(one.account),
                stamp=int(one.stamp) if one.stamp else None,
                sequence=int(one.sequence) if one.sequence and int(one.sequence) > 1 else None,
                summary=" ".join(str(one.summary).split()),
                by=f"{self._cmp.__version__} {', '.join(one.metadata.parsers)}",
            )


def _whole(message: Message) -> Message:
    """The carrier's own message of a forward, with the headers that the parser cannot do without."""
    for part in message.walk():
        inner = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and isinstance(inner[0], Message):
            message = inner[0]
            break
    if message["Subject"] is None:
        message["Subject"] = "(none)"
    if message["Date"] is None:
        message["Date"] = formatdate(0)
    return message


def lines_of(mail: Mail) -> dict[str, list[str]]:
    """The lines of a message by part, as our own reading counts them."""
    for inner in mail.carried:
        return lines_of(inner)
    parts = {"subject": [mail.subject]}
    for part, text in [("text", t) for t in mail.texts] + [("html", flattened.text(h)) for h in mail.htmls]:
        parts.setdefault(part, text.splitlines())
    return parts


if __name__ == "__main__":
    raise SystemExit(main())
