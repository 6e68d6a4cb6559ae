"""`noctui sim helpdesk` as a process: a folder's mails are tickets that a mailbox of noctui reads and tags."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from noctui.mail_settings import MailboxSettings
from noctui.model.notices import Outcome
from noctui.sim.cli import main
from noctui.sources.mail.zammad import ZammadMailbox

MAIL = b"Message-ID: <%d@carrier.example>\r\nSubject: works\r\n\r\nhello\r\n"


def test_a_folders_mails_are_tickets_and_so_is_what_is_added(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(MAIL % 1)
    words = [sys.executable, "-m", "noctui", "sim", "helpdesk", str(tmp_path), "--token", "t-0123456789"]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    line = child.stdout.readline().split()
    assert line[1:] == ["token:", "t-0123456789", "group:", "NOC"]
    box = ZammadMailbox(MailboxSettings("desk", "zammad", url=line[0], secret="t-0123456789", folder="NOC"))
    (first,) = box.new()
    assert box.fetch(first) == MAIL % 1
    box.mark(first, Outcome.PARSED)
    (tmp_path / "2.eml").write_bytes(MAIL % 2)
    found = []
    for _ in range(100):
        if found := list(box.new()):
            break
        box.wait(0.05)
    assert [box.fetch(letter) for letter in found] == [MAIL % 2]
    box.close()
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == 0
    child.stdout.close()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    assert main(["helpdesk", str(tmp_path / "no")]) == 1
