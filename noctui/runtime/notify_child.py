"""Sends notifications in a process of its own: a target that hangs or breaks costs that process, nothing else.

One job on standard input (JSON: `url`, `messages`), one line of JSON on standard output: for each message "" or why it
was not sent. The URL holds secrets: it is told here alone, and no line of ours or of the library's repeats it.
"""

from __future__ import annotations

import logging
import sys

import msgspec


class Letter(msgspec.Struct, frozen=True):
    title: str
    body: str
    kind: str = "warning"  # apprise's word: info, success, warning, failure


class Job(msgspec.Struct, frozen=True):
    url: str
    letters: tuple[Letter, ...]


class Result(msgspec.Struct, frozen=True):
    """`outcomes[i]` is "" for a letter that was sent, else why not."""

    outcomes: tuple[str, ...]


class _Heard(logging.Handler):
    """Keeps the last complaint of the library."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


def send(job: Job) -> Result:
    """Send each letter, in order."""
    try:
        import apprise
    except ImportError:
        return Result((MISSING,) * len(job.letters))
    heard = _Heard()
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    logger.propagate = False
    # plugins of others are not loaded: an URL is data
    target = apprise.Apprise(
        asset=apprise.AppriseAsset(app_id="noctui", app_desc="noctui", app_url="", image_url_logo="")
    )
    if not target.add(job.url):
        return Result(("the URL is none that apprise knows",) * len(job.letters))
    outcomes = []
    for letter in job.letters:
        heard.text = ""
        sent = target.notify(
            body=letter.body, title=letter.title, notify_type=letter.kind, body_format=apprise.NotifyFormat.TEXT,
            interpret_escapes=False,
        )  # fmt: skip
        outcomes.append("" if sent else _plain(heard.text, job.url) or "it was not taken")
    return Result(tuple(outcomes))


MISSING = "apprise is not installed: pip install 'noctui[notify]'"
_LONGEST = 160


def _plain(text: str, url: str) -> str:
    """One line that quotes no part of the URL but its kind."""
    for part in sorted(
        {p for p in url.replace("@", "/").replace(":", "/").replace("?", "/").split("/") if len(p) > 3}, key=len
    ):
        text = text.replace(part, "…")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]


def main() -> int:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(send(job)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
