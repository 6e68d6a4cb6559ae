"""The second reading in its own process: against the real circuit-maintenance-parser where it is installed, and against
a stand-in that misbehaves as a parser of hostile mails may."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noctui.model.notices import Fault, Notice, Outcome
from noctui.planned.beside import READER
from noctui.planned.reading import read
from noctui.runtime.cmp_reader import MODULE, SecondReader, asks, beside
from noctui.runtime.mail_reader import Reads
from tests.whole.terminal import ROOT

PYTHON = os.environ.get("CMP_PYTHON", sys.executable if importlib.util.find_spec(MODULE) else "")
"""A Python that has it: this one, or another one's path."""
NONE = "no circuit-maintenance-parser: pip install 'noctui[providers]', or CMP_PYTHON=a Python that has it"
CHILD = ("-m", "noctui.runtime.cmp_child")
FORM = """From: Momentum <noc@gomomentum.com>
Date: Mon, 02 Mar 2026 09:14:00 +0000
Subject: Data Services | Planned Network Maintenance | Acme Groceries | | 20260042 | ref
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body><p>Account: Acme Groceries</p><p>Circuit ID: ACME-0042</p>
<p>Maintenance start date/time: {start}</p><p>Maintenance finish date/time: {end}</p>
<p>Reason for Maintenance: new cards</p></body></html>
"""


class Ours:
    """Our own reading, in this process."""

    def read(self, data: bytes, sender: str = "") -> Notice:
        return read(data, sender=sender)

    def rest(self) -> None:
        """There is nothing to end."""


@pytest.fixture(scope="module")
def real() -> Iterator[SecondReader]:
    if not PYTHON:
        pytest.skip(NONE)
    one = SecondReader(Ours(), command=("env", f"PYTHONPATH={ROOT}", PYTHON, *CHILD))
    yield one
    one.rest()


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_a_form_that_it_knows_is_read_by_both(real: SecondReader) -> None:
    data = FORM.format(start="2026-03-10 05:00 AM UTC", end="2026-03-10 09:00 AM UTC").encode()
    found = real.read(data)
    (one,) = found.maintenances
    assert (found.outcome, found.provider, found.reader) == (Outcome.PARSED, "Momentum", READER)
    assert (one.maintenance_id, one.account) == ("20260042", "Acme Groceries")
    assert [(w.start, w.end) for w in one.windows] == [(at("2026-03-10 05:00"), at("2026-03-10 09:00"))]
    assert [c.circuit for c in one.circuits] == ["ACME-0042"]
    source = next(s for s in one.sources if s.field == "reader")
    assert "HtmlParserMomentum1" in source.text


def test_a_zone_that_it_drops_is_not_dropped_here(real: SecondReader) -> None:
    """It reads 05:00 EST as 05:00 UTC; it is 10:00."""
    found = real.read(FORM.format(start="2026-03-10 05:00 AM EST", end="2026-03-10 09:00 AM EST").encode())
    (one,) = found.maintenances
    assert [(w.start, w.end) for w in one.windows] == [(at("2026-03-10 10:00"), at("2026-03-10 14:00"))]
    assert any("reads other windows" in why for why in one.review)


def test_what_neither_can_read_waits_for_a_person(real: SecondReader) -> None:
    found = real.read(FORM.format(start="soon", end="later").encode())
    assert found.outcome is Outcome.FAILED
    assert found.faults


@pytest.mark.parametrize(
    ("name", "asked"), [("ics-confirmed", False), ("bare-ranges", True), ("central-of-whom", True)]
)
def test_what_icalendar_tells_for_sure_is_not_read_twice(name: str, asked: bool) -> None:
    assert asks(read((ROOT / "sample_data" / "notices" / f"{name}.eml").read_bytes())) is asked
    assert not asks(read(b"From: noc@zayo.com\nSubject: lunch\n\nAt noon?\n"))


GOES_OUT = """
import os, socket, subprocess, urllib.request
from noctui.runtime.cmp_child import confine
confine()
for out in (
    lambda: socket.create_connection(("127.0.0.1", 1)),
    lambda: socket.getaddrinfo("localhost", 80),
    lambda: socket.socket().connect(("127.0.0.1", 1)),
    lambda: subprocess.run(["true"]),
    lambda: os.system("true"),
    lambda: os.fork(),
    lambda: urllib.request.urlopen("http://127.0.0.1:1/"),
):
    try:
        out()
        print("went out")
    except PermissionError as error:
        print(error)
"""


def test_from_its_process_nothing_goes_out_and_no_program_starts() -> None:
    words = [sys.executable, "-c", GOES_OUT]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    lines = found.stdout.splitlines()
    assert len(lines) == 7
    assert all(line.endswith("nothing may go out from here") for line in lines), lines


STAND_IN = """
import os, time
__version__ = "0"
SUPPORTED_PROVIDERS = []


class NotificationData:
    @staticmethod
    def init_from_emailmessage(message):
        kind = message["Subject"]
        if kind == "stalls":
            time.sleep(60)
        elif kind == "dies":
            os._exit(3)
        elif kind == "eats":
            bytearray(8_000_000_000)
        elif kind == "recurses":
            return NotificationData.init_from_emailmessage(message)
        elif kind == "prints":
            print("garbage " * 1000, flush=True)
        elif kind == "looks":
            names = sorted(n for n in os.environ if n.startswith(("PARSER_", "NOC_")) or n.endswith("_PROXY"))
            raise SystemExit(f"{names} {time.tzname}") if names or time.tzname[0] != "UTC" else None
        return None
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecondReader]:
    """A reader whose process finds a parser that does what a mail's subject says."""
    package = tmp_path / "circuit_maintenance_parser"
    package.mkdir()
    (package / "__init__.py").write_text(STAND_IN)
    (package / "utils.py").write_text("class ParserError(Exception): ...\nclass Geolocator: ...\n")
    for name in ("PARSER_OPENAI_API_KEY", "NOC_MAIL_PASSWORD", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("TZ", "America/New_York")
    one = SecondReader(Ours(), seconds=1.0, command=("env", f"PYTHONPATH={tmp_path}:{ROOT}", sys.executable, *CHILD))
    yield one
    one.rest()


def mail(subject: str) -> bytes:
    return f"From: noc@zayo.com\nSubject: {subject}\n\nPlanned maintenance, some day.\n".encode()


@pytest.mark.parametrize("kind", ["stalls", "dies", "eats", "recurses", "prints", "looks"])
def test_whatever_it_does_to_a_mail_our_own_reading_stands_and_the_next_is_read(
    stand_in: SecondReader, kind: str
) -> None:
    stand_in.read(mail("warm up"))  # starting is not what is timed
    began = time.monotonic()
    assert stand_in.read(mail(kind)) == read(mail(kind))
    assert time.monotonic() - began < 5
    broke = stand_in.broke
    assert (broke == "") is (kind in ("prints", "looks", "recurses", "eats")), broke
    assert stand_in.read(mail("after it")) == read(mail("after it"))
    assert stand_in.broke == ""


def test_where_it_is_not_installed_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ours: Reads = Ours()
    assert beside(ours) is ours


def test_where_its_process_does_not_start_our_own_reading_stands(tmp_path: Path) -> None:
    one = SecondReader(Ours(), seconds=1.0, command=(str(tmp_path / "no-such-python"),))
    assert one.read(mail("x")) == read(mail("x"))
    assert "does not start" in one.broke
    assert isinstance(read(mail("x")).faults[0], Fault)
