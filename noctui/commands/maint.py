"""`noctui maint`: `parse` (also `mnp-parse`) prints what is read in one notice, to try it before its mailbox is read;
`ingest`, `list` and `reparse` have modules of their own."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from noctui.commands import codes
from noctui.model.notices import Affected, Maintenance, Notice, Outcome, Status, Window

MOST = 64 * 1024 * 1024
"""Bytes of a message that are read."""
_OTHERS = {
    "ingest": ("noctui.commands.maint_ingest", "ingest"),
    "list": ("noctui.commands.maint_list", "main"),
    "reparse": ("noctui.commands.maint_ingest", "reparse"),
}


def main(words: Sequence[str]) -> int:
    """Run `noctui maint` with the words after it. Exit codes: 0 ok, 1 could not be read, 2 usage, 3 read, but something
    waits for a person: of `parse` when its sender is no known provider's."""
    if words and words[0] in _OTHERS:
        module, name = _OTHERS[words[0]]
        run: Callable[[Sequence[str]], int] = getattr(import_module(module), name)
        return run(words[1:])
    parser = argparse.ArgumentParser(prog="noctui maint", description="Carriers' notices of planned work.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    _arguments(kinds.add_parser("parse", help="read one notice and print it as JSON"))
    for word, what in (
        ("ingest", "read the mailboxes once, or mails in files"),
        ("list", "planned work that is known, or the mails it was read in"),
        ("reparse", "read dead letters again"),
    ):
        kinds.add_parser(word, help=what)
    return _run(parser.parse_args(list(words)))


def mnp_parse() -> int:
    """The script `mnp-parse`: `noctui maint parse` by its other name."""
    parser = argparse.ArgumentParser(prog="mnp-parse", description="Read one notice of planned work, print it as JSON.")
    _arguments(parser)
    return _run(parser.parse_args())


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--input-file", required=True, metavar="FILE", help="the message; - for standard input")
    parser.add_argument(
        "--email-from", default="", metavar="ADDRESS", help="who sent it, when it has no From of its own"
    )
    parser.add_argument("--full", action="store_true", help="all that was read, with the lines it was read in")


def _run(args: argparse.Namespace) -> int:
    try:
        code = _parse(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `| head` has seen enough
        from noctui.commands.exports.writing import let_go

        let_go()
        return codes.FAILED


class _Own:
    """Our own reading, in this process."""

    def read(self, data: bytes, sender: str = "") -> Notice:
        from noctui.planned import reading

        return reading.read(data, sender=sender)

    def rest(self) -> None:
        """There is nothing to end."""


def _parse(args: argparse.Namespace) -> int:
    from noctui.runtime.cmp_reader import beside

    try:
        if args.input_file == "-":
            data = sys.stdin.buffer.read(MOST)
        else:
            with Path(args.input_file).open("rb") as file:
                data = file.read(MOST)
    except OSError as error:
        return _said(f"{args.input_file}: cannot be read: {error.strerror or error}", codes.FAILED)
    reader = beside(_Own())
    try:
        notice = reader.read(data, args.email_from)
    finally:
        reader.rest()
    if args.full:
        import msgspec

        print(json.dumps(msgspec.to_builtins(notice), indent=4, sort_keys=True))
    if notice.outcome is Outcome.IGNORED:
        return _said(f"{args.input_file}: nothing about planned work", codes.FAILED)
    if not notice.maintenances:
        for fault in notice.faults:
            _said(f"{args.input_file}: {fault.said}", codes.FAILED)
        return codes.FAILED
    events = forecasts(notice)
    if not args.full:
        print(json.dumps(events[0] if len(events) == 1 else events, indent=4, sort_keys=True))
    for one in notice.maintenances:
        for why in one.review:
            _said(f"{one.maintenance_id}: to be looked at: {why}", codes.OK)
    if notice.outcome is Outcome.UNKNOWN_PROVIDER and notice.sender:
        return _said(f"{notice.sender} is no known provider's", codes.PARTIAL)
    return codes.OK


def forecasts(notice: Notice) -> list[dict[str, object]]:
    """One for each window of each circuit, as the parser this name comes from has them. Of cancelled work there is
    none."""
    return [
        _forecast(circuit, window)
        for work in notice.maintenances
        for circuit in work.circuits
        for window in _windows(work, circuit)
    ]


def _windows(work: Maintenance, circuit: Affected) -> tuple[Window, ...]:
    return () if work.status is Status.CANCELLED else work.windows_of(circuit.circuit)


def _forecast(circuit: Affected, window: Window) -> dict[str, object]:
    """Where the interruption's length is not told, the whole window may be one."""
    return {
        "beginWindow": str(datetime.fromtimestamp(window.start, UTC)),
        "endWindow": str(datetime.fromtimestamp(window.end, UTC)),
        "impactSeconds": window.end - window.start if circuit.seconds is None else circuit.seconds,
        "objectType": "maintForecastEvent",
        "parsedVendorCircuitId": circuit.circuit,
    }


def _said(text: str, code: int) -> int:
    print("noctui: " + "".join(c if c.isprintable() else "·" for c in text), file=sys.stderr)
    return code
