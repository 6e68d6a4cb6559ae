"""Sends notifications in a process of its own: a target that hangs or breaks costs that process, nothing else.

One job on standard input (JSON: `url`, `letters`); on standard output, as each letter is done with, one line: a JSON
text, "" or why it was not sent. What was sent before a kill is known to be. The URL holds secrets: it is told here
alone, and no line of ours or of the library's repeats it.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

import msgspec


class Letter(msgspec.Struct, frozen=True):
    title: str
    body: str
    kind: str = "warning"  # apprise's word: info, success, warning, failure


class Job(msgspec.Struct, frozen=True):
    url: str
    letters: tuple[Letter, ...]


class _Heard(logging.Handler):
    """Keeps the last complaint of the library."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


def send(job: Job) -> Iterator[str]:
    """Send each letter, in order; of each "" or why it was not sent."""
    try:
        import apprise
    except ImportError:
        yield from (MISSING,) * len(job.letters)
        return
    heard = _Heard()
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    logger.propagate = False
    # plugins of others are not loaded: an URL is data
    target = apprise.Apprise(
        asset=apprise.AppriseAsset(app_id="noctui", app_desc="noctui", app_url="", image_url_logo="")
    )
    if not target.add(job.url):
        yield from ("the URL is none that apprise knows",) * len(job.letters)
        return
    for letter in job.letters:
        heard.text = ""
        sent = target.notify(
            body=letter.body, title=letter.title, notify_type=letter.kind, body_format=apprise.NotifyFormat.TEXT,
            interpret_escapes=False,
        )  # fmt: skip
        yield "" if sent else _plain(heard.text, job.url) or "it was not taken"


MISSING = "apprise is not installed: pip install 'noctui[notify]'"
_LONGEST = 160


def _plain(text: str, url: str) -> str:
    """One line that quotes no part of the URL but its kind, however it is written."""
    parts: set[str] = set()
    for form in (url, unquote(url), quote(unquote(url)), quote_plus(unquote(url))):
        parts.update(p for p in re.split(r"[/:@?&=,;\s#]+", form.partition("://")[2]) if len(p) > 2)
    for part in sorted(parts, key=len, reverse=True):  # the longest first: a part of a secret is one, too
        text = re.sub(re.escape(part), "…", text, flags=re.IGNORECASE)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]


def main() -> int:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    for outcome in send(job):
        sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
