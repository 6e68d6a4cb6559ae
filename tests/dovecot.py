"""A real IMAP server on the loopback for tests: dovecot, with its mails in a Maildir; it ends with the test that
started it."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.redis_server import free_port

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
NONE = "no dovecot here: apt-get install --no-install-recommends dovecot-imapd"
SECRET = 'a \\quoted" pass wörd'
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class Dovecot:
    """`mail` is INBOX's Maildir."""

    port: int
    tls_port: int
    folder: Path
    child: subprocess.Popen[bytes]

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    def deliver(self, data: bytes, inbox: str = "") -> str:
        """As a mail server does: written aside, then renamed into the folder, which is made at need."""
        name = f"{time.time():.6f}.{os.getpid()}_{next(_NUMBERS)}.test"
        where = self.mail / f".{inbox}" if inbox else self.mail
        for path in (where, *(where / part for part in ("cur", "new", "tmp"))):
            if not path.is_dir():
                path.mkdir()
                _given(path)
        (where / "tmp" / name).write_bytes(data)
        (where / "tmp" / name).rename(where / "new" / name)
        return name

    def count_anew(self, inbox: str) -> None:
        """As after a restored backup: the folder gets another UIDVALIDITY."""
        where = self.mail / f".{inbox}"
        for file in where.glob("dovecot*"):
            file.unlink()
        (where / "dovecot-uidlist").write_text("3 V4242 N100\n")
        _given(where / "dovecot-uidlist")


@contextmanager
def dovecot(introspect: str = "") -> Iterator[Dovecot]:
    """A running server, in a folder of its own: those of pytest are closed to the users that dovecot runs as. Skips the
    test when there is none here. `introspect` is the URL at which it asks whether an access token is good: then it lets
    in by these alone."""
    if PROGRAM is None or not shutil.which("openssl"):
        pytest.skip(NONE if PROGRAM is None else "no openssl here to make a certificate with")
    with tempfile.TemporaryDirectory(prefix="noctui-dovecot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with _running(PROGRAM, folder, introspect) as one:
            yield one


@contextmanager
def _running(program: str, folder: Path, introspect: str) -> Iterator[Dovecot]:
    for name in ("run", "log", "mail/cur", "mail/new", "mail/tmp"):
        (folder / name).mkdir(parents=True)
    port, tls_port = free_port(), free_port()
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", *words.split(), *names, "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(made, check=True, capture_output=True, timeout=20)
    (folder / "users").write_text(f"noc:{{PLAIN}}{SECRET}::::::\n", encoding="utf-8")
    (folder / "dovecot.conf").write_text(_config(folder, port, tls_port, bool(introspect)), encoding="utf-8")
    (folder / "oauth2.conf").write_text(
        f"introspection_url = {introspect}\nintrospection_mode = post\nusername_attribute = username\n"
        "active_attribute = active\nactive_value = true\n"
    )
    for path in (folder / "mail", *(folder / "mail").iterdir()):
        _given(path)
    child = subprocess.Popen(
        [program, "-F", "-c", str(folder / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _answers(port, child)
        yield Dovecot(port, tls_port, folder, child)
    finally:
        child.terminate()
        child.wait(10)


def _given(path: Path) -> None:
    """What runs as root has its mails as nobody: dovecot lets no mail be root's."""
    if os.getuid() == 0:
        shutil.chown(path, "nobody", "nogroup")


def _answers(port: int, child: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends and child.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as one:
                if one.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.02)
    pytest.skip(f"dovecot does not start here (exit code {child.poll()})")


def _config(base: Path, port: int, tls_port: int, tokens: bool = False) -> str:
    """For dovecot 2.3, with and without root's rights."""
    root = os.getuid() == 0
    me, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    owner = "uid=nobody gid=nogroup" if root else f"uid={os.getuid()} gid={os.getgid()}"
    chroot = "" if root else "chroot ="
    by = (
        f"auth_mechanisms = xoauth2 oauthbearer\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n"
        f"  args = {base}/oauth2.conf\n}}"
        if tokens
        else f"passdb {{\n  driver = passwd-file\n  args = {base}/users\n}}"
    )
    users = "" if root else f"default_internal_user = {me}\ndefault_internal_group = {group}\ndefault_login_user = {me}"
    return f"""
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/log/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
{users}
mail_location = maildir:{base}/mail
first_valid_uid = 1
mailbox_list_index = no
{by}
userdb {{
  driver = static
  args = {owner} home={base}/mail
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""
