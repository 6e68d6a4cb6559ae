"""`noctui sim mist` as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence

import pytest

from noctui.sim.cli import main

COMMAND = [sys.executable, "-c", "import sys; from noctui.sim.cli import main; sys.exit(main(sys.argv[1:]))", "mist"]


def start(*words: str, fds: Sequence[int] = ()) -> tuple[subprocess.Popen[str], str]:
    """The process and the line it says."""
    child = subprocess.Popen(
        [*COMMAND, "--sites", "5", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=fds
    )
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def ask(url: str, token: str) -> str:
    request = urllib.request.Request(f"{url}/api/v1/self", headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        org: str = json.load(reply)["privileges"][0]["org_name"]
        return org


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_serves_and_ends_cleanly(sign: signal.Signals) -> None:
    child, line = start("--token", "one", "--token", "two", "--speed", "10")
    url = line.split()[0]
    assert line == f"{url}  tokens: one two"
    assert ask(url, "two") == "Acme Retail"
    child.send_signal(sign)
    out, _ = child.communicate(timeout=10)
    assert (child.returncode, out) == (0, "")


def test_it_ends_with_the_one_who_started_it_and_takes_over_a_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        child, line = start("--fd", str(listening.fileno()), "--until-eof", fds=[listening.fileno()])
    assert line.startswith(f"http://127.0.0.1:{port} ")
    assert ask(f"http://127.0.0.1:{port}", "sim-token") == "Acme Retail"
    child.communicate(timeout=10)
    assert child.returncode == 0


@pytest.mark.parametrize("words", [["--sites", "0"], ["--sites", "many"], ["--speed", "-1"], ["--speed", "fast"]])
def test_nonsense_is_a_usage_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["mist", *words])
    assert end.value.code == 2
    assert "must be" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["mist", "--sites", "2", "--port", str(taken.getsockname()[1])]) == 1
    assert "cannot listen" in capsys.readouterr().err


def test_faults_odd_things_and_access_are_asked_for_by_flags() -> None:
    child, line = start(
        "--odd", "--sites", "12", "--access", "boss=admin", "--fault-500-pct", "100", "--other-org", "Second"
    )
    url = line.split()[0]
    with pytest.raises(urllib.error.HTTPError) as failed:
        ask(url, "boss")
    assert failed.value.code == 500
    change = urllib.request.Request(f"{url}/sim/faults", data=b'{"errors": 0}', method="POST")
    with urllib.request.urlopen(change, timeout=10) as reply:
        assert json.load(reply)["errors"] == 0
    assert ask(url, "boss") == "Acme Retail"
    child.terminate()
    child.communicate(timeout=10)


@pytest.mark.parametrize("words", [["--fault-500-pct", "101"], ["--fault-slow-ms", "x"], ["--access", "boss=king"]])
def test_nonsense_flags_are_usage_errors(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["mist", *words])
    assert end.value.code == 2
    assert "must be" in capsys.readouterr().err
