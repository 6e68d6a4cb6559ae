"""Logging in with an access token: against a real dovecot, which asks a server of the test whether a token is good."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from noctui.mail_settings import OAUTH, MailboxSettings
from noctui.sources.mail import imap_session
from noctui.sources.mail.box import MailboxError
from noctui.sources.mail.imap import ImapMailbox
from tests.dovecot import Dovecot, dovecot

NOTE = b"Message-ID: <1@carrier.example>\r\nSubject: works\r\n\r\nhello\r\n"


@dataclass(slots=True)
class Issuer:
    """Knows the good tokens; `asked` are all that dovecot asked about."""

    url: str = ""
    good: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    one = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            token = said["token"][0]
            one.asked.append(token)
            answer = json.dumps({"active": token in one.good, "username": "noc"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    one.url = f"http://127.0.0.1:{server.server_port}/introspect"
    yield one
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def server(issuer: Issuer) -> Iterator[Dovecot]:
    with dovecot(issuer.url) as one:
        one.deliver(NOTE)
        yield one


def box(server: Dovecot, **others: object) -> ImapMailbox:
    url = f"imap://127.0.0.1:{server.port}"
    made = MailboxSettings(name="noc", kind="imap", url=url, user="noc", auth=OAUTH, after="keep", timeout=10.0)
    return ImapMailbox(replace(made, **others))  # type: ignore[arg-type]


def printing(file: Path) -> tuple[str, ...]:
    """A command that prints what a file holds, and counts how often it ran."""
    count = "open({0!r} + '.runs', 'a').write('x')"
    return sys.executable, "-c", f"{count}; print(open({{0!r}}).read())".format(str(file))


@pytest.mark.parametrize("way", ["OAUTHBEARER", "XOAUTH2"])
def test_a_token_of_the_settings_lets_in(
    server: Dovecot, issuer: Issuer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "_BEARERS", {way: imap_session._BEARERS[way]})
    issuer.good.add("t0ken-of-settings")
    one = box(server, secret="t0ken-of-settings")
    assert [one.fetch(letter) for letter in one.new()] == [NOTE]
    one.close()


@pytest.mark.parametrize("way", ["OAUTHBEARER", "XOAUTH2"])
def test_a_token_that_ran_out_is_refused_in_a_line_that_does_not_tell_it(
    server: Dovecot, way: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(imap_session, "_BEARERS", {way: imap_session._BEARERS[way]})
    caplog.set_level(logging.DEBUG)
    one = box(server, secret="stale-t0ken")
    with pytest.raises(MailboxError, match=r"refuses noc: .*; check its access token") as it:
        list(one.new())
    one.close()
    assert it.value.lasting
    assert "stale-t0ken" not in it.value.text + caplog.text + repr(one._settings)
    assert "\n" not in it.value.text


def test_a_tokens_file_is_read_anew_at_each_login(server: Dovecot, issuer: Issuer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first-t0ken\n")
    file.chmod(0o600)
    issuer.good = {"first-t0ken"}
    one = box(server, secret_file=file)
    assert len(list(one.new())) == 1
    issuer.good = {"second-t0ken"}
    file.write_text("second-t0ken")
    one.checked().wire.shutdown()  # as a server does when a token runs out
    assert len(list(one.new())) == 1
    one.close()


def test_a_command_runs_once_and_again_when_its_token_is_refused(
    server: Dovecot, issuer: Issuer, tmp_path: Path
) -> None:
    file, runs = tmp_path / "token", tmp_path / "token.runs"
    file.write_text("first-by-command")
    issuer.good = {"first-by-command"}
    one = box(server, secret_command=printing(file))
    assert len(list(one.new())) == 1
    one.checked().wire.shutdown()
    assert len(list(one.new())) == 1
    assert runs.read_text() == "x"
    file.write_text("second-by-command")
    issuer.good, issuer.asked = {"second-by-command"}, []
    one.checked().wire.shutdown()
    assert len(list(one.new())) == 1  # within the one login
    assert (runs.read_text(), issuer.asked) == ("xx", ["first-by-command", "second-by-command"])
    issuer.good = set()
    one.checked().wire.shutdown()
    with pytest.raises(MailboxError, match="refuses noc"):
        list(one.new())
    assert runs.read_text() == "xxx"  # it prints the same: that is not tried twice
    one.close()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("/no/such/program",), "its secret_command (program) does not start: No such file or directory"),
        ((sys.executable, "-c", "raise SystemExit(3)"), ") failed (exit code 3)"),
        ((sys.executable, "-c", "pass"), ") printed nothing"),
        ((sys.executable, "-c", "print('two words')"), "what its secret_command prints holds no access token"),
        ((sys.executable, "-c", "print('t0ken\\x01auth=x')"), "holds no access token"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), ") takes longer than 1 s"),
    ],
)
def test_a_command_that_gives_no_token_is_told_in_a_line(server: Dovecot, command: tuple[str, ...], said: str) -> None:
    one = box(server, secret_command=command, timeout=1.0)
    with pytest.raises(MailboxError) as it:
        list(one.new())
    one.close()
    assert said in it.value.text
    assert "two words" not in it.value.text


def test_a_tokens_file_that_everybody_may_read_is_refused(server: Dovecot, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("t0ken")
    file.chmod(0o644)
    for path, said in ((file, "everybody may read or write"), (tmp_path / "none", "cannot be read: No such file")):
        one = box(server, secret_file=path)
        with pytest.raises(MailboxError, match=said):
            list(one.new())
        one.close()


def test_a_server_that_knows_no_tokens_is_given_none() -> None:
    with dovecot() as plain:
        one = box(plain, secret="t0ken")
        with pytest.raises(MailboxError, match="lets nobody log in with an access token"):
            list(one.new())
        one.close()
