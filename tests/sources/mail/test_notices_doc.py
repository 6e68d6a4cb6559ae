"""docs/notices.md is held to its word: its settings can be read as they stand there, its figures are the code's."""

from __future__ import annotations

import re
import tomllib

from noctui.mail_settings import AFTER, EXCEPTION, KINDS, SUCCESS, MailboxSettings
from noctui.mail_toml import read_mails
from noctui.runtime.cmp_reader import SECONDS
from noctui.sources.mail.box import MOST
from noctui.sources.mail.imap import BREAKS, PORTS
from noctui.sources.mail.opening import open_mailbox
from noctui.sources.mail.zammad import LATELY
from tests.whole.terminal import ROOT

DOC = (ROOT / "docs" / "notices.md").read_text()
ENV = {"NOC_MAIL_PASSWORD": "a-password", "ZAMMAD_TOKEN": "a-token"}


def test_its_mailboxes_are_read_and_opened() -> None:
    blocks = "\n".join(re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL))
    made = read_mails(tomllib.loads(blocks)["mailbox"], [], ENV).mailboxes
    assert {one.kind for one in made} >= {"imap", "zammad"}
    for one in made:
        if one.kind in ("imap", "zammad"):
            assert one.secret in ENV.values() or one.secret_command
            open_mailbox(one).close()  # nothing is connected yet


def test_its_words_and_figures_are_the_codes() -> None:
    assert all(f"| {kind} |" in DOC for kind in KINDS)
    assert all(f"`{word}`" in DOC for word in (*AFTER, SUCCESS, EXCEPTION))
    assert f"{MOST >> 20} MiB are fetched" in DOC
    assert f"(port {PORTS['imaps']})" in DOC
    assert f"(port {PORTS['imap']})" in DOC
    assert f"asked every `seconds` ({MailboxSettings('x', 'imap').seconds:g})" in DOC
    assert f"read in {SECONDS:g} seconds is ours" in DOC
    assert (BREAKS, LATELY) == (3, 7 * 86_400), "three times, within a week"
