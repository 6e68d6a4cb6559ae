"""No secret reaches a log, whoever quotes it."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.logs import JsonLine, hide, redacted


def logged(message: str, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("noctui.x", logging.INFO, "x.py", 1, message, (), None)
    record.__dict__.update(extra)
    line: dict[str, object] = json.loads(JsonLine().format(record))
    return line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Token abcdefgh12345", "Authorization: Token ***"),
        ("authorization='Bearer abcdefgh12345'", "authorization='Bearer ***'"),
        ("http://user:hunter2@proxy:3128/x", "http://***@proxy:3128/x"),
        ("password=correcthorse; next", "password=***; next"),
        ('{"token": "abcdefgh12345"}', '{"token": "***"}'),
        ("Token 2 (…09be) was refused: 401", "Token 2 (…09be) was refused: 401"),
        (
            "token refused: 401 Invalid authentication credentials",
            "token refused: 401 Invalid authentication credentials",
        ),
    ],
)
def test_what_looks_like_a_secret_is_left_out_and_prose_is_not(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_a_known_secret_is_left_out_of_every_field() -> None:
    hide(["tok-77-very-secret"])
    line = logged(
        "asked with tok-77-very-secret", url="https://x/?t=tok-77-very-secret", nested={"a": ["tok-77-very-secret"]}
    )
    assert "very-secret" not in json.dumps(line)
    assert line["nested"] == {"a": ["***"]}


def test_a_secret_in_a_traceback_is_left_out() -> None:
    hide(["tok-88-very-secret"])
    try:
        raise ValueError("tok-88-very-secret")
    except ValueError as error:
        record = logging.LogRecord(
            "noctui.x", logging.ERROR, "x.py", 1, "broke", (), (ValueError, error, error.__traceback__)
        )
    line = json.loads(JsonLine().format(record))
    assert "very-secret" not in json.dumps(line)
    assert "ValueError" in line["error"]


@given(st.text(max_size=60), st.floats())
def test_every_line_is_one_line_of_json(text: str, number: float) -> None:
    record = logging.LogRecord("noctui.x", logging.INFO, "x.py", 1, "told", (), None)
    record.__dict__.update(found=text, number=number)
    line = JsonLine().format(record)
    assert line.count("\n") == 0
    json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
