"""Where an export goes: a file that is there whole or not at all, a pipe that may be closed, a device."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from noctui.commands import codes
from noctui.commands.exports.writing import sink
from tests.commands.exported import Half, run
from tests.whole.terminal import ROOT


def test_a_file_is_what_standard_output_would_have_been(half: Half, tmp_path: Path) -> None:
    out = tmp_path / "circuits.csv"
    ran = run(half, "circuits", "--out", str(out))
    assert (ran.code, ran.out, ran.said) == (codes.OK, b"", "")
    assert out.read_bytes() == half.now["circuits"]
    assert list(tmp_path.iterdir()) == [out]


def test_an_older_file_is_replaced_at_once_and_keeps_who_may_read_it(half: Half, tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_text("older")
    real.chmod(0o604)
    link = tmp_path / "link.csv"
    link.symlink_to(real.name)
    assert run(half, "circuits", "--out", str(link)).code == codes.OK
    assert link.is_symlink()
    assert real.read_bytes() == half.now["circuits"]
    assert stat.S_IMODE(real.stat().st_mode) == 0o604


def test_a_new_file_is_as_open_as_any_other_new_file(tmp_path: Path) -> None:
    with sink(tmp_path / "a") as write:
        write("x")
    (tmp_path / "b").touch()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_what_breaks_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "circuits.csv"
    out.write_text("older")

    def half_of_it() -> None:
        with sink(out) as write:
            write("half of it")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_of_it()
    assert [p.read_text() for p in tmp_path.iterdir()] == ["older"]


def test_what_cannot_be_had_makes_no_file(half: Half, tmp_path: Path) -> None:
    ran = run(half, "circuits", "--sort", "nothing", "--out", str(tmp_path / "x.csv"))
    assert ran.code == codes.USAGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["nowhere/x.csv", "."])
def test_a_place_that_takes_no_file_is_one_clear_line(half: Half, tmp_path: Path, place: str) -> None:
    ran = run(half, "circuits", "--out", str(tmp_path / place))
    assert (ran.code, ran.out, ran.said.count("\n")) == (codes.FAILED, b"", 1)
    assert "cannot be written: " in ran.said
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_clear_line(half: Half) -> None:
    ran = run(half, "circuits", "--out", "/dev/full")
    assert (ran.code, ran.said) == (codes.FAILED, "noctui: /dev/full: cannot be written: No space left on device\n")


def test_a_device_and_a_pipe_stay_what_they_are(half: Half, tmp_path: Path) -> None:
    assert run(half, "circuits", "--out", "/dev/null").code == codes.OK
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert run(half, "circuits", "--out", str(pipe)).code == codes.OK
    reader.join()
    assert read == [half.now["circuits"]]


def process(half: Half, words: str) -> subprocess.Popen[bytes]:
    """The command in a shell, as a person writes it."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "DATA": str(half.data), "PYTHON": sys.executable}
    line = f'noctui() {{ "$PYTHON" -m noctui "$@" --data "$DATA"; }}; {words}'
    return subprocess.Popen(["bash", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)


def test_a_reader_that_has_seen_enough_is_no_error_message(half: Half) -> None:
    """As `| head`: nothing is said, and the exit code tells those who look (`pipefail`)."""
    child = process(half, "noctui export circuits | true; echo ${PIPESTATUS[0]}")
    assert child.communicate() == (f"{codes.FAILED}\n".encode(), b"")


def test_a_closed_standard_output_is_one_clear_line(half: Half) -> None:
    child = process(half, "noctui export circuits >&-")
    _, said = child.communicate()
    assert (child.returncode, said.decode().count("\n")) == (codes.FAILED, 1)
    assert "standard output is closed" in said.decode()


def test_output_is_utf_8_whatever_the_locale(half: Half) -> None:
    child = process(half, "LC_ALL=C PYTHONIOENCODING=ascii noctui export circuits --format json")
    out, said = child.communicate()
    assert (child.returncode, said) == (codes.OK, b"")
    read = list(csv.DictReader(half.now["circuits"].decode().splitlines()))
    assert [row["circuit_id"] for row in json.loads(out)] == [row["circuit_id"] for row in read]


def test_nobody_needs_textual_for_it(half: Half) -> None:
    """Its import alone would take longer than the first rows."""
    code = (
        "import sys; from noctui.cli import main; code = main(sys.argv[1:]);"
        "print(code, *[m for m in ('textual', 'aiohttp', 'mistapi', 'plotext') if m in sys.modules])"
    )
    words = ["export", "circuits", "--out", os.devnull, "--data", str(half.data)]
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]
