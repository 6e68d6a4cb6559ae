"""An IMAP server that lies, stalls or babbles: one clear line in bounded time and memory, and the rest of the mailbox
goes on."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.mail_settings import MailboxSettings
from noctui.model.notices import Outcome
from noctui.sources.mail.box import GoneError, Letter, MailboxError
from noctui.sources.mail.imap import BREAKS, ImapMailbox
from noctui.sources.mail.imap_words import fetched, folder_name, numbers, uid_set
from tests.sources.mail.liar import Answer, liar, lying, polite


def asked(answer: Answer, timeout: float = 1.0, greeting: bytes = b"* OK ready\r\n", host: str = "127.0.0.1") -> bytes:
    """The only mail of such a server."""
    with liar(answer, greeting) as port:
        url = f"imap://{host}:{port}"
        box = ImapMailbox(MailboxSettings(name="noc", kind="imap", url=url, user="u", secret="s3cret", timeout=timeout))
        try:
            (letter,) = box.new()
            data = box.fetch(letter)
            box.mark(letter, Outcome.PARSED)
            return data
        finally:
            box.close()


def test_a_polite_server_is_read() -> None:
    assert asked(polite) == b"hello"


BODY = b"* 1 FETCH (UID 3 BODY[]<0> "
FLOOD = b"* 1 FETCH (UID 3 FLAGS (" + b"x" * 10_000 + b"))\r\n"
LIES = {
    "a literal without end": ("BODY.PEEK", BODY + b"{99999999999}\r\nhello", "announced 99999999999 bytes"),
    "a size of 5000 digits": ("BODY.PEEK", BODY + b"{" + b"9" * 5000 + b"}\r\nhello", "nonsense"),
    "a literal too long": ("BODY.PEEK", BODY + b"{500}\r\nhello)\r\nTAG OK .\r\n", "does not answer within"),
    "a flood of lines": ("BODY.PEEK", FLOOD * 1_000, "larger than"),
    "a line without end": ("SEARCH", b"* SEARCH " + b"1 " * 3_000_000, "a line without an end"),
    "no": ("SEARCH", b"TAG NO not today\r\n", "refuses: not today"),
    "bad": ("SEARCH", b"TAG BAD what?\r\n", "refuses"),
    "bye": ("SEARCH", b"* BYE shutting down\r\n", "127.0.0.1"),
    "noise": ("SEARCH", b"\xff\xfe\x00 \x1b[31m\r\n", "127.0.0.1"),
    "not now": ("LOGIN", b"TAG NO [UNAVAILABLE] the directory is down\r\n", "in just now: the directory is down"),
    "an escape": ("LOGIN", b"TAG NO \x1b]0;hello\x07 s3cret\r\n", "refuses u: ]0;hello …; check its user"),
    "no login": ("CAPABILITY", b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK .\r\n", "log in with a password"),
    "too old": ("CAPABILITY", b"* CAPABILITY IMAP2\r\nTAG OK .\r\n", "refuses"),
    "no folder": ("SELECT", b"TAG NO [NONEXISTENT] no such folder\r\n", "opens no folder INBOX"),
}


@pytest.mark.parametrize("kind", LIES)
def test_a_lie_ends_in_one_line(kind: str) -> None:
    when, lie, said = LIES[kind]
    began = time.monotonic()
    with pytest.raises(MailboxError) as found:
        asked(lying(when, lie), 0.05 if "literal" in kind else 0.5)
    assert said in found.value.text
    assert found.value.text.isprintable()
    assert "s3cret" not in found.value.text
    assert time.monotonic() - began < 10


def test_a_literal_that_is_announced_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MailboxError, match="announced"):
            asked(lying("BODY.PEEK", BODY + b"{9999999999}\r\nhello"))
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_a_password_is_not_said_where_nothing_is_encrypted() -> None:
    """No machine's own name is the loopback's, so that encryption is asked for; the server offers none."""
    heard: list[str] = []

    def answer(tag: str, command: str) -> bytes:
        heard.append(command)
        return polite(tag, command)

    with pytest.raises(MailboxError, match="does not encrypt") as found:
        asked(answer, host="0.0.0.0")
    assert found.value.lasting
    assert not any("LOGIN" in command for command in heard)


def test_words_put_in_before_the_encryption_end_it() -> None:
    """The attack of CVE-2011-0411: what follows STARTTLS's answer in the clear must not be taken for the server's."""

    def answer(tag: str, command: str) -> bytes:
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK .\r\n".encode()
        return f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n".encode()

    with pytest.raises(MailboxError, match="put words in before the encryption"):
        asked(answer, host="0.0.0.0")


def test_a_server_that_drips_is_left() -> None:
    """Its answer never ends, though something always comes: the time of the whole answer counts."""
    ends = time.monotonic() + 3

    def answer(tag: str, command: str) -> bytes:
        if "SEARCH" not in command:
            return polite(tag, command)
        time.sleep(0.05)
        return b"" if time.monotonic() > ends else b"* 1"

    with pytest.raises(MailboxError, match="does not answer within"):
        asked(answer, 0.1)


def test_a_mail_that_breaks_each_connection_is_left_alone() -> None:
    with liar(lying("BODY.PEEK", b"* 1 FETCH (UID 3 BODY[]<0> {99999999999}\r\n")) as port:
        url = f"imap://127.0.0.1:{port}"
        box = ImapMailbox(MailboxSettings(name="noc", kind="imap", url=url, user="u", secret="p", timeout=1.0))
        for _ in range(BREAKS - 1):
            with pytest.raises(MailboxError):
                box.fetch(next(iter(box.new())))
        with pytest.raises(GoneError, match="left alone"):
            box.fetch(next(iter(box.new())))
        assert list(box.new()) == []
        box.close()


def test_what_is_refused_of_one_mail_is_that_mails() -> None:
    with pytest.raises(GoneError, match="SERVERBUG"):
        asked(lying("BODY.PEEK", b"TAG NO [SERVERBUG] cannot read it\r\n"))


def test_at_gmail_labels_are_what_people_see() -> None:
    heard: list[str] = []

    def answer(tag: str, command: str) -> bytes:
        heard.append(command)
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 X-GM-EXT-1\r\n{tag} OK .\r\n".encode()
        return polite(tag, command)

    assert asked(answer) == b"hello"
    assert 'UID SEARCH UNDELETED X-GM-RAW "-label:\\"MaintParseSuccess\\" -label:\\"MaintParseException\\""' in heard
    assert 'UID STORE 3 +X-GM-LABELS ("MaintParseSuccess")' in heard


def test_a_folder_that_is_not_ours_to_change_is_read_without_marks() -> None:
    heard: list[str] = []

    def answer(tag: str, command: str) -> bytes:
        heard.append(command)
        if command.startswith(("SELECT", "EXAMINE")):
            return f"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n{tag} OK [READ-ONLY] .\r\n".encode()
        return polite(tag, command)

    assert asked(answer) == b"hello"
    assert not any("STORE" in command for command in heard)


@settings(max_examples=30, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from(["CAPABILITY", "LOGIN", "SELECT", "NOOP", "SEARCH", "INTERNAL", "BODY"])
)
def test_any_bytes_at_any_point_are_an_error_or_a_mail(lie: bytes, when: str) -> None:
    said = ""
    try:
        asked(lying(when, lie + b"\r\nTAG OK done\r\n"), 0.1)
    except (MailboxError, GoneError) as error:
        said = str(error)
    except ValueError as error:  # of this test: no mail was told
        said = "" if "unpack" in str(error) else repr(error)
    assert said.isprintable()
    assert not said.startswith("ValueError")


@given(
    st.lists(st.one_of(st.binary(max_size=80), st.tuples(st.binary(max_size=80), st.binary(max_size=20)), st.none()))
)
def test_any_answer_to_a_fetch_is_mails_or_nothing(data: list[object]) -> None:
    for one in fetched(data):
        assert 0 <= one.uid < 10**10


@given(st.sets(st.integers(1, 2**32 - 1), max_size=50))
def test_sets_of_uids_name_each_once(uids: set[int]) -> None:
    named: set[int] = set()
    for span in uid_set(sorted(uids)).split(",") if uids else []:
        first, _, last = span.partition(":")
        assert int(last or first) - int(first) < 100
        named.update(range(int(first), int(last or first) + 1))
    assert named == uids
    assert numbers([b" ".join(b"%d" % u for u in uids), None]) == sorted(uids)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),  # RFC 3501 5.1.3
        ("Käse & Söhne", '"K&AOQ-se &- S&APY-hne"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
    ],
)
def test_names_of_folders_are_written_in_modified_utf_7(name: str, written: str) -> None:
    assert folder_name(name) == written


def test_a_place_of_another_count_is_no_place() -> None:
    with liar(polite) as port:
        url = f"imap://127.0.0.1:{port}"
        box = ImapMailbox(MailboxSettings(name="noc", kind="imap", url=url, user="u", secret="p", timeout=1.0))
        for place in ("8.3", "3", "", "7.x", "7."):
            with pytest.raises(GoneError):
                box.fetch(Letter(place))
        box.close()
