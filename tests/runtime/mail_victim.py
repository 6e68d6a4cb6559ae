"""Reads a folder of mails into a history until nothing is left. Run as a process by test_soak_mails, which kills it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from noctui.mail_settings import MailboxSettings
from noctui.runtime.ingest import Ingest
from noctui.runtime.mail_reader import MailReader
from noctui.sources.mail.folder import FolderMailbox
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History
from tests.stores.made import ORG, START


def main(data: Path, box: Path) -> None:
    lock = FolderLock(data)
    while not lock.try_acquire():  # the one that was killed may not be gone yet
        time.sleep(0.01)
    writer = History.create_or_open(data, ORG).writer(lock)
    reader = MailReader()
    began = time.monotonic()
    mailbox = FolderMailbox(MailboxSettings("noc", "folder", box))
    ingest = Ingest(mailbox, reader, writer.mail_places, lambda m: writer.write_mails(m), now=lambda: START + 100_000)
    read = ingest.round().read
    took = time.monotonic() - began
    reader.rest()
    writer.close()
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count what its parent had when it was forked
    peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(f"{read} {took:.2f} {peak}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
