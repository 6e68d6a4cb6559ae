"""The voice of a command: objects where nobody watches, words where somebody does; harmless whatever it quotes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui import logs
from noctui.commands.telling import Passing, Telling
from noctui.runtime.headless import Step


class Tty(io.StringIO):
    """A stream that says it is a terminal's."""

    def isatty(self) -> bool:
        return True


class Broken(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


class Kept(logging.Handler):
    """A log that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    logs.to_nowhere()
    logging.getLogger("noctui").setLevel("INFO")
    yield
    logs.to_nowhere()


def test_where_nobody_watches_an_event_is_an_object_with_its_name_and_time_first() -> None:
    out = io.StringIO()
    Telling("collect", out=out).event("collect.run", "Words.", seq=7, took=float("nan"), text="x")
    told = json.loads(out.getvalue())
    assert list(told) == ["event", "at", "seq", "took", "text"]
    assert (told["event"], told["seq"], told["took"]) == ("collect.run", 7, None)
    assert told["at"].endswith("Z")


def test_on_a_terminal_it_is_words_and_the_same_event_stands_in_the_log() -> None:
    kept = Kept()
    logging.getLogger("noctui").addHandler(kept)
    out = Tty()
    Telling("collect", out=out).event("collect.run", "Words.", seq=7)
    assert out.getvalue() == "Words.\n"
    assert [(r.getMessage(), r.__dict__["seq"]) for r in kept.records] == [("collect.run", 7)]
    asked = Tty()
    Telling("collect", as_json=True, out=asked).event("collect.run", "Words.")
    assert json.loads(asked.getvalue())["event"] == "collect.run"


def test_progress_is_one_line_rewritten_and_gone_before_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    out = Tty()
    telling = Telling("collect", out=out)
    telling.step(Step("opening", "asking"))
    telling.step(Step("sweeping", f"colle·ting \x1b[31m {'x' * 80}"))
    telling.event("collect.run", "Done.")
    first, second, blank, done = out.getvalue().split("\r")[1:]
    assert first == "asking"
    assert len(second) == 39, "it never wraps"
    assert second.startswith("colle?ting ?[31m x"), "ASCII, and no escape"
    assert blank.strip() == ""
    assert done == "Done.\n"


def test_a_dumb_terminal_gets_no_line_that_is_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    out = Tty()
    telling = Telling("collect", out=out)
    telling.step(Step("opening", "asking"))
    telling.close()
    assert out.getvalue() == ""


def test_a_quick_command_tells_no_progress_where_nobody_watches() -> None:
    out = io.StringIO()
    Telling("collect", out=out).step(Step("opening", "asking"))
    assert out.getvalue() == ""


def test_secrets_are_in_none_of_it() -> None:
    logs.hide(["very-secret-token"])
    out, errors = io.StringIO(), io.StringIO()
    telling = Telling("collect", out=out, errors=errors)
    telling.event("collect.run", "x", text="Authorization: Token very-secret-token")
    telling.warn("https://user:pass-word@proxy refuses very-secret-token")
    assert "very-secret-token" not in out.getvalue() + errors.getvalue()
    assert "pass-word" not in errors.getvalue()


@given(st.text())
def test_whatever_is_quoted_an_object_is_one_line_of_ascii_and_a_warning_cannot_control_a_terminal(text: str) -> None:
    out, errors = io.StringIO(), io.StringIO()
    telling = Telling("collect", out=out, errors=errors)
    telling.event("collect.run", text, missing=text)
    telling.warn(text)
    assert out.getvalue().isascii()
    assert out.getvalue().count("\n") == 1
    json.loads(out.getvalue())
    assert errors.getvalue()[:-1].isprintable()


def test_a_reader_that_is_gone_is_no_error() -> None:
    telling = Telling("collect", out=Broken(), errors=Broken())
    telling.event("collect.run", "Words.")
    telling.event("collect.run", "Words.")
    telling.warn("Words.")


def test_the_log_is_told_too_when_asked_each_record_once() -> None:
    out = io.StringIO()
    telling = Telling("collect", out=out)
    logging.getLogger("noctui").addHandler(Passing(telling))
    logging.getLogger("noctui.collector").warning("poll.error", extra={"text": "no"})
    telling.event("collect.run", "Words.")
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["event"], line.get("level"), line.get("logger")) for line in told] == [
        ("poll.error", "WARNING", "noctui.collector"),
        ("collect.run", None, None),
    ]
