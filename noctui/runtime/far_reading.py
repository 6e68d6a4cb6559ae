"""Where questions to the warehouse are asked: in a session of this process, or of a child of its own.

Commands ask here. A screen has a child do it: importing the connector would hold up its keys for a tenth of a second,
and its 30 to 50 MB would stay. The child gets the login by its standard input, questions a line each, and ends when
that does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from noctui.runtime.spawning import bare, python
from noctui.stores.warehouse.far_billing import FarBilling, billing
from noctui.stores.warehouse.far_events import FarOutages, FarScores, outages, scores
from noctui.stores.warehouse.far_hours import FarHours, FarSums, all_sums, circuit_hours
from noctui.stores.warehouse.far_kept import Far, from_bytes, to_bytes
from noctui.stores.warehouse.faults import Kind, WarehouseFault
from noctui.stores.warehouse.login import Login

if TYPE_CHECKING:
    from noctui.stores.warehouse.connect import Session

ENDS = 2.0
"""Seconds that a child has to end by itself."""


class Job(msgspec.Struct, frozen=True):
    """A question, asked at `read_at`. `what` is `hours` of one circuit, `sums` of all circuits' hours, `outages` of all
    circuits, `scores` or `billing` of a `month` (`2025-09`)."""

    what: Literal["hours", "sums", "outages", "scores", "billing"]
    org_id: str
    start: float
    end: float
    read_at: float
    circuit_id: str = ""
    month: str = ""

    def unpacked(self, data: bytes) -> Far | None:
        """The answer to it, as `to_bytes` has packed it."""
        match self.what:
            case "hours":
                return from_bytes(FarHours, data)
            case "sums":
                return from_bytes(FarSums, data)
            case "outages":
                return from_bytes(FarOutages, data)
            case "billing":
                return from_bytes(FarBilling, data)
        return from_bytes(FarScores, data)

    def read(self, session: Session) -> Far:
        """Raises WarehouseFault."""
        within = self.start, self.end, self.read_at
        match self.what:
            case "hours":
                return circuit_hours(session, self.org_id, self.circuit_id, *within)
            case "sums":
                return all_sums(session, self.org_id, *within)
            case "outages":
                return outages(session, self.org_id, *within)
            case "billing":
                return billing(session, self.org_id, self.month, *within)
        return scores(session, self.org_id, self.month, *within)


Ask = Callable[[Job], Far]


class _Refused(msgspec.Struct, frozen=True):
    kind: Kind
    text: str


@contextmanager
def here(login: Login) -> Iterator[Ask]:
    """In this process. Raises WarehouseFault."""
    from noctui.stores.warehouse.connect import connected

    with connected(login) as session:
        yield lambda job: job.read(session)


@contextmanager
def in_child(login: Login, started: Callable[[subprocess.Popen[bytes]], None]) -> Iterator[Ask]:
    """In a child; `started` is told of it, and may kill it. Raises WarehouseFault."""
    child = subprocess.Popen(
        [*python(), "-m", "noctui.runtime.far_reading"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=bare(os.environ),
        start_new_session=True,
    )  # fmt: skip
    started(child)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        _write(child.stdin, login)
        yield lambda job: _asked(child, job)
    finally:
        with suppress(OSError):
            child.stdin.close()
        try:
            child.wait(ENDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


def _asked(child: subprocess.Popen[bytes], job: Job) -> Far:
    assert child.stdin is not None
    assert child.stdout is not None
    _write(child.stdin, job)
    head = child.stdout.readline()
    if head.startswith(b"{"):
        refused = msgspec.json.decode(head, type=_Refused)
        raise WarehouseFault(refused.text, refused.kind)
    data = child.stdout.read(int(head)) if head.strip().isdigit() else b""
    found = job.unpacked(data)
    if found is None:
        raise WarehouseFault("Snowflake: what reads from it ended in the middle", "data")
    return found


def _write(to: Any, what: Any) -> None:
    with suppress(OSError):  # a child that has ended is noticed when it is listened to
        to.write(msgspec.json.encode(what, enc_hook=str) + b"\n")
        to.flush()


def main() -> int:
    """The child: reads the login, then answers until its input ends."""
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        login = msgspec.json.decode(given.readline(), type=Login, dec_hook=lambda _, value: Path(value))
        with here(login) as ask:
            while line := given.readline():
                data = to_bytes(ask(msgspec.json.decode(line, type=Job)))
                answers.write(b"%d\n%s" % (len(data), data))
                answers.flush()
    except WarehouseFault as fault:
        answers.write(msgspec.json.encode(_Refused(fault.kind, fault.text)) + b"\n")
        answers.flush()
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
