"""One thing that was looked at, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OK, NOTE, WARN, FAIL = "ok", "note", "warn", "FAIL"
"""`note` needs nothing done; `warn` works, but less well than it could; `FAIL` does not work."""


@dataclass(frozen=True, slots=True)
class Check:
    """`area` and what was found in one line; `todo` what to do about it, empty when nothing is to be done."""

    area: str
    verdict: str
    text: str
    todo: str = ""


def lines(checks: Sequence[Check]) -> list[str]:
    """The report for a terminal. What comes from outside cannot control it."""
    wide = max((len(c.area) for c in checks), default=0)
    out = []
    for check in checks:
        head = f"{check.verdict:<5} {check.area:<{wide}}  "
        out.append(_plain(head + check.text))
        if check.todo:
            out.append(_plain(" " * len(head) + check.todo))
    return out


def summary(checks: Sequence[Check]) -> str:
    failed, warned = (sum(c.verdict == v for c in checks) for v in (FAIL, WARN))
    if not failed and not warned:
        return "All well."
    parts = [f"{failed} failed" if failed else "", f"{warned} could be better" if warned else ""]
    return ", ".join(p for p in parts if p) + "."


def exit_code(checks: Sequence[Check]) -> int:
    """0 all well, 1 something fails, 3 something could be better."""
    verdicts = {c.verdict for c in checks}
    return 1 if FAIL in verdicts else 3 if WARN in verdicts else 0


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)
