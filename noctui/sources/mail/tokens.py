"""What an IMAP mailbox logs in with: a password, or an access token (OAuth 2.0) that somebody else keeps fresh.

Access tokens live for an hour or so. One in a file is read anew at each login; a command is run at the first one, and
again when what it gave is refused. Neither a token nor what its command printed stands in any error.
"""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess

from noctui.mail_settings import OAUTH, MailboxSettings
from noctui.sources.mail.net import failed

MOST = 100_000
"""Characters of a secret."""
_TOKEN = re.compile(r"[\x21-\x7e]+")


class Secret:
    """Of one mailbox, for its thread."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._had = ""

    def now(self) -> str:
        """What to log in with. Raises MailboxError: it cannot be had."""
        settings = self._settings
        if settings.secret_command:
            self._had = self._had or self._run()
        elif settings.secret_file is not None:
            self._had = self._read()
        else:
            self._had = settings.secret
        if settings.auth == OAUTH and not _TOKEN.fullmatch(self._had):
            raise failed(settings, f"{self._where} holds no access token", lasting=True)
        return self._had

    def again(self) -> bool:
        """What `now` gave was refused: whether it gives another one from now on. Raises MailboxError."""
        had, self._had = self._had, ""
        return bool(self._settings.secret_command or self._settings.secret_file) and self.now() != had

    @property
    def _where(self) -> str:
        if self._settings.secret_command:
            return "what its secret_command prints"
        return f"{self._settings.secret_file}" if self._settings.secret_file is not None else "its secret"

    def _read(self) -> str:
        file = self._settings.secret_file
        assert file is not None
        try:
            about = file.stat()
            if stat.S_ISREG(about.st_mode) and about.st_mode & 0o007:
                raise failed(self._settings, f"everybody may read or write {file}: chmod o= it", lasting=True)
            with file.open(encoding="utf-8") as text:
                return text.read(MOST).strip()
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "no text"
            raise failed(self._settings, f"{file} cannot be read: {why}", lasting=True) from None

    def _run(self) -> str:
        """The first line that the command prints. It gets no input, may take as long as an answer of the server, and is
        ended with all that it began."""
        words = self._settings.secret_command
        named = f"its secret_command ({os.path.basename(words[0])})"
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no command"
            raise failed(self._settings, f"{named} does not start: {why}", lasting=True) from None
        try:
            said, _ = process.communicate(timeout=self._settings.timeout)
        except subprocess.TimeoutExpired:
            raise failed(self._settings, f"{named} takes longer than {self._settings.timeout:g} s") from None
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()
        if process.returncode:
            raise failed(self._settings, f"{named} failed (exit code {process.returncode})")
        first = said[:MOST].decode("utf-8", "replace").strip().partition("\n")[0].strip()
        if not first:
            raise failed(self._settings, f"{named} printed nothing", lasting=True)
        return first
