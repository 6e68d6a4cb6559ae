"""Structured logs: one JSON object a line, to a file; a screen's terminal is never written to."""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

_PLAIN = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}
_CONTROL = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]")


_SAID = re.compile(
    r"""(?ix) ( \bauthorization ["']? \s* [:=] \s* ["']? (?: (?:token|bearer|basic) \s+ )?
            | \b(?: token | apitoken | api_key | password | passwd | passphrase | secret ) ["']? \s* [:=] \s* ["']? )
        [^\s"',;}]{6,}"""
)
_IN_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@]+@")
_hidden: set[str] = set()


def hide(secrets: Iterable[str]) -> None:
    """Never let these texts reach a log, whatever quotes them."""
    _hidden.update(secret for secret in secrets if len(secret) >= 4)


def redacted(text: str) -> str:
    """The text without what was hidden, and without what looks like a secret: passwords in URLs, `token: …`."""
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _SAID.sub(r"\1***", _IN_URL.sub(r"\1***@", text))


class JsonLine(logging.Formatter):
    """`logging` records as NDJSON: ts, level, logger, event and whatever was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "ts": f"{stamp}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        line.update({k: v for k, v in record.__dict__.items() if k not in _PLAIN})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        # JSON escapes what is below a blank; a log is also read in a terminal, which obeys more than that
        text = json.dumps({k: _clean(v) for k, v in line.items()}, default=_last_resort, ensure_ascii=False)
        return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _clean(value: object) -> object:
    """Redacted texts; what is no text is none of a secret's shape."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no NaN
    if isinstance(value, dict):
        return {str(k): _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    return value


def _last_resort(value: object) -> str:
    return redacted(str(value))


class _LogFile(RotatingFileHandler):
    """A log that cannot be written (disk full, file gone) costs the log, never the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        return


def to_file(path: Path, level: str = "INFO") -> None:
    """Send all logs of noctui to `path` (10 MB, three old ones kept), and the warnings of what it stands on.

    Raises OSError when nothing can be written there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a"):
        pass
    handler = _LogFile(path, maxBytes=10_000_000, backupCount=3, encoding="utf-8", delay=True)
    _send_to(handler, level)


def to_nowhere() -> None:
    """No logs, and nothing on the terminal instead."""
    _send_to(logging.NullHandler(), "ERROR")


def _send_to(handler: logging.Handler, level: str) -> None:
    handler.setFormatter(JsonLine())
    ours, others = logging.getLogger("noctui"), logging.getLogger()
    ours.handlers[:] = others.handlers[:] = [handler]
    ours.setLevel(level)
    ours.propagate = False
    others.setLevel("WARNING")
    logging.captureWarnings(True)
