"""A mail is read in another process: one that stalls or breaks it is given up, and the next one is read."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from noctui.model.notices import Outcome
from noctui.planned.reading import read
from noctui.runtime.mail_reader import MailReader
from tests.stores.notices import written

STRANGE = written(sender="noc@acme.example")


@pytest.fixture
def reader() -> Iterator[MailReader]:
    made = MailReader([{"name": "Acme", "domains": ["acme.example"]}])
    yield made
    made.rest()


def process_of(reader: MailReader) -> int:
    assert reader._process is not None
    return reader._process.pid


def test_it_reads_as_this_process_does_with_the_carriers_of_the_settings(reader: MailReader) -> None:
    assert reader.read(written()) == read(written())
    assert read(STRANGE).outcome is Outcome.UNKNOWN_PROVIDER
    assert (reader.read(STRANGE).outcome, reader.read(STRANGE).provider) == (Outcome.PARSED, "Acme")
    assert reader.read(b"no mail", "noc@acme.example").provider == "Acme"
    big = b"Subject: large\r\n\r\n" + b"word " * 600_000  # more than a pipe holds
    assert reader.read(big) == read(big)


def test_one_that_breaks_or_stalls_its_reader_waits_for_a_person(reader: MailReader) -> None:
    reader.read(written())
    pid = process_of(reader)
    reader._seconds = 0.3
    os.kill(pid, signal.SIGSTOP)
    stalled = reader.read(written())
    assert (stalled.outcome, stalled.faults[0].why) == (Outcome.FAILED, "it was not read in 0.3 s")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    reader._seconds = 20.0
    assert reader.read(written()).outcome is Outcome.PARSED
    os.kill(process_of(reader), signal.SIGKILL)
    assert reader.read(written()).outcome is Outcome.PARSED  # whoever ended it did not mean this mail
