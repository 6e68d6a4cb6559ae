"""`noctui doctor` against a real (simulated) cloud, real files and closed doors: a verdict and what to do for each."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.doctor.places import disk, writable
from noctui.doctor.terminal import locale, terminal
from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check, exit_code, lines
from noctui.model.health import HistoryHealth
from tests.whole.terminal import ROOT

TOKEN = "doctor-token-0123456789-5e1f"


@pytest.fixture(scope="module")
def cloud() -> Iterator[str]:
    """A simulated cloud of its own process; its URL."""
    words = ["sim", "mist", "--sites", "4", "--token", TOKEN, "--until-eof"]
    child = subprocess.Popen(
        [sys.executable, "-m", "noctui", *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    yield child.stdout.readline().split()[0]
    child.stdin.close()
    child.stdout.close()
    assert child.wait(10) == 0


def asked(home: Path, *words: str, token: str = TOKEN) -> tuple[int, list[Check]]:
    """Exit code and checks of `noctui doctor --json`."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "MIST_API_TOKEN": token, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-m", "noctui", "doctor", "--json", *words],
        env=env, cwd=home, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert not found.stderr, found.stderr
    assert token not in found.stdout or not token
    return found.returncode, [Check(**row) for row in json.loads(found.stdout)]


def of(checks: list[Check], area: str) -> Check:
    return next(c for c in checks if c.area == area)


def test_a_cloud_that_answers(tmp_path: Path, cloud: str) -> None:
    code, checks = asked(tmp_path, "--host", cloud, "--insecure-host")
    assert code == 0
    assert "not encrypted" in of(checks, "network").text
    assert of(checks, "org").text.startswith("Acme")
    assert of(checks, "tokens").text.startswith("token 1 (…5e1f), read, ")
    assert of(checks, "budget").text == "5,000 calls an hour carry 67 a sweep, every 60 s"
    assert not list(tmp_path.iterdir()), "it leaves nothing behind"


def test_a_token_that_is_refused(tmp_path: Path, cloud: str) -> None:
    code, checks = asked(tmp_path, "--host", cloud, "--insecure-host", token="another-token-0123456789")
    assert code == 1
    assert of(checks, "tokens").verdict == FAIL
    assert any("make a new one in Mist" in c.todo for c in checks)


def test_no_token_is_no_failure_for_a_follower(tmp_path: Path, cloud: str) -> None:
    code, checks = asked(tmp_path, "--host", cloud, "--insecure-host", token="")
    assert code == 3
    assert of(checks, "tokens") == Check(
        "tokens", WARN, "none is set", "set MIST_API_TOKEN (see .env.example); without one this can only follow"
    )


def test_a_closed_port_and_a_name_that_is_none(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    code, checks = asked(tmp_path, "--host", f"http://127.0.0.1:{port}", "--insecure-host")
    assert code == 1
    assert of(checks, "network").text == f"127.0.0.1: port {port} refuses: connection refused"
    _, checks = asked(tmp_path, "--host", "api.mist.example")
    assert "not a known Mist cloud" in of(checks, "network").text


def test_settings_that_cannot_be_used_are_one_line(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "noctui", "doctor", "--poll-seconds", "soon"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("term", "verdict", "words"),
    [
        ("xterm-256color", OK, "256 colours"),
        ("xterm", OK, "16 colours: the ansi theme is taken"),
        ("dumb", FAIL, "TERM=dumb cannot be drawn on"),
        ("", FAIL, "TERM=(not set) cannot be drawn on"),
    ],
)
def test_terminals(term: str, verdict: str, words: str) -> None:
    found = terminal({"TERM": term}, True, (120, 40))[0]
    assert found.verdict == verdict
    assert words in found.text


@pytest.mark.parametrize(
    ("size", "verdict", "word"),
    [((40, 10), WARN, "only the worst"), ((80, 24), OK, "useful"), ((120, 40), OK, "good"), ((200, 60), OK, "rich")],
)
def test_sizes(size: tuple[int, int], verdict: str, word: str) -> None:
    found = terminal({"TERM": "xterm"}, True, size)[1]
    assert found.verdict == verdict
    assert word in found.text


def test_no_terminal_is_a_note_for_who_only_collects() -> None:
    assert [c.verdict for c in terminal({}, False, (80, 24))] == [NOTE]


def test_locales() -> None:
    assert locale({"LANG": "en_US.UTF-8"}, "utf-8").verdict == OK
    assert "ASCII" in locale({"LANG": "C"}, "ascii").text
    assert "TERM=linux" in locale({"LANG": "C.UTF-8", "TERM": "linux"}, "utf-8").text


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert writable(tmp_path / "data", "data", needed=True).verdict == FAIL


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert writable(tmp_path / "data", "data", needed=True).verdict == FAIL
    assert writable(tmp_path / "exports", "exports", needed=False).verdict == WARN
    tmp_path.chmod(0o700)


def test_a_disk_that_will_run_full_says_when() -> None:
    found = disk(
        HistoryHealth(bytes=10**9, disk_free=10**9, bytes_per_day=3e8, expected_bytes=12e9, full_at=1_800_000_000.0), 40
    )
    assert found.verdict == WARN
    assert found.text == "1 GB used, 1 GB free; 300 MB a day, 12 GB after 40 days: full on 2027-01-15 08:00 UTC"


def test_what_comes_from_outside_controls_no_terminal() -> None:
    assert lines([Check("org", OK, "Ac\x1b[2Jme\n")]) == ["ok    org  Ac·[2Jme·"]


def test_the_worst_verdict_is_the_exit_code() -> None:
    assert exit_code([Check("a", OK, ""), Check("b", NOTE, "")]) == 0
    assert exit_code([Check("a", OK, ""), Check("b", WARN, "")]) == 3
    assert exit_code([Check("a", FAIL, ""), Check("b", WARN, "")]) == 1
