"""Whatever lies where settings are looked for: one clear line, no traceback, no secret, no escape code."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.config import ConfigError, load
from noctui.logs import to_file


def said(home: Path, toml: bytes = b"", dotenv: bytes = b"", **env: str) -> str:
    """The line that these settings are refused with."""
    folder = home / ".config/noctui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "noctui.toml").write_bytes(toml)
    (folder / ".env").write_bytes(dotenv)
    with pytest.raises(ConfigError) as refused:
        load({}, {"HOME": str(home)} | env)
    line = str(refused.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (b"thresholds = 5", "thresholds must be a table of thresholds"),
        (b"thresholds = 0", "thresholds must be a table of thresholds"),
        (b"[thresholds]\nregion = 5", "thresholds.region must be a table"),
        (b"[thresholds]\nregion.West = 5", "thresholds.region.West must be a table"),
        (b'[thresholds]\nloss = "123"', "thresholds.loss must be three rising numbers"),
        (b"[thresholds]\nloss = [true, true, true]", "thresholds.loss must be three rising numbers"),
        (b"[thresholds]\nloss = [1, 2, inf]", "thresholds.loss must be three rising numbers"),
        (b"[thresholds]\nloss = [nan, 1, 2]", "thresholds.loss must be three rising numbers"),
        (b"[thresholds]\nloss = [1, 2, 0x" + b"f" * 400 + b"]", "thresholds.loss must be three rising numbers"),
        (b"[collect]\npoll_seconds = nan", "must be from 1 to 3600"),
        (b"[collect]\npoll_seconds = 0x" + b"f" * 5000, "must be a text, a number, true or false"),
        (b"[collect]\npoll_seconds = " + b"9" * 5000, "noctui.toml: "),
        (b"[mist]\ntokens = [1, 2]", "mist.tokens must be a text, a number, true or false"),
        (b"mist = 5", "no setting mist"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "noctui.toml: "),
        (b'[data]\nfolder = ""', "data.folder '' must name a file or folder"),
        (b'[data]\nfolder = "a\\u0000b"', "must name a file or folder"),
        (b'[data]\nfolder = "~nobody_of_this_name/x"', "names the home of somebody who has none here"),
        (b'[mist]\norg_id = "../../etc"', "mist.org_id '../../etc' is no org id"),
        (b"\xff\xfe[\x00m\x00", "cannot be read: it is not UTF-8 text"),
        (b"# long\n" * 200_000, "too long for a file of settings"),
    ],
)
def test_a_strange_noctui_toml_is_one_line(toml: bytes, says: str, tmp_path: Path) -> None:
    assert says in said(tmp_path, toml)


def test_marks_and_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    folder = tmp_path / ".config/noctui"
    folder.mkdir(parents=True)
    (folder / "noctui.toml").write_bytes(b'\xef\xbb\xbf[mist]\r\nhost = "toml.example"\r\n')
    (folder / ".env").write_bytes(b"\xef\xbb\xbfMIST_API_TOKEN=secret\r\nexport MIST_ORG_ID='org-1'\r\n# a word\r\n")
    settings = load({}, {"HOME": str(tmp_path)}).settings
    assert (settings.host, settings.tokens, settings.org_id) == ("toml.example", ("secret",), "org-1")


@pytest.mark.parametrize(
    ("dotenv", "says"),
    [
        (b"NOCTUI_THEM=light\n", "NOCTUI_THEM: no such setting; did you mean NOCTUI_THEME"),
        (b"MIST_HOST=x\nnot a setting\n", ".env:2: must be NAME=value"),
        (b"UTIL_THRESHOLD_WARN=inf\n", "must be three rising numbers"),
        (b"UTIL_THRESHOLD_WARN=hot\n", "UTIL_THRESHOLD_WARN: 'hot' must be a number"),
        (b"A=b\n" * 300_000, "too long for a file of settings"),
    ],
)
def test_a_strange_env_file_is_one_line(dotenv: bytes, says: str, tmp_path: Path) -> None:
    assert says in said(tmp_path, dotenv=dotenv)


def test_a_folder_where_a_file_should_be_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load({}, {"HOME": str(tmp_path)}, env_file=tmp_path)
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load({}, {"HOME": str(tmp_path)}, config_file=tmp_path)


@pytest.mark.parametrize("token", ["s3cret\n1234", "s3cret 1234", "s3crét", "s3c\u2028ret"])
def test_what_cannot_be_a_token_is_said_without_it(token: str, tmp_path: Path) -> None:
    line = said(tmp_path, MIST_API_TOKEN=token)
    assert "MIST_API_TOKEN: mist.tokens hold a character that no token has" in line
    assert "s3c" not in line


def test_what_a_line_quotes_cannot_control_a_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in said(tmp_path, b'[mist]\n"ho\\u001b[31mst" = "x"')
    assert "mist.ho·[31mst" in said(tmp_path, b'[mist]\n"ho\\u001b[31mst" = "x"')
    assert "\x9b" not in said(tmp_path, LOG_LEVEL="\x9b31m")


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    loggers = (logging.getLogger("noctui"), logging.getLogger())
    before = [(one.handlers[:], one.level, one.propagate) for one in loggers]
    yield tmp_path / "logs/noctui.log"
    for one, (handlers, level, propagate) in zip(loggers, before, strict=True):
        for handler in set(one.handlers) - set(handlers):
            handler.close()
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)
    logging.captureWarnings(False)


def test_a_log_read_in_a_terminal_holds_nothing_that_it_obeys(logs: Path) -> None:
    to_file(logs)
    name = "a\x1b[31m\x9b31m\x7f\n\u202e\u2028\ud800é"
    logging.getLogger("noctui.x").info("found", extra={"site": name})
    (line,) = logs.read_text(encoding="utf-8").split("\n")[:-1]
    assert json.loads(line)["site"] == name
    assert line.isprintable()
    assert "é" in line


def test_a_log_that_cannot_be_written_costs_the_log_alone(logs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    to_file(logs)
    logs.unlink()
    logs.parent.rmdir()
    logging.getLogger("noctui.x").error("lost")
    logging.getLogger("asyncio").error("lost too")
    assert capfd.readouterr() == ("", "")


def test_a_log_that_cannot_begin_is_told(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        to_file(tmp_path)
