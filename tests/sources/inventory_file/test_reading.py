"""The file on disk: seen when it changes, and a version that cannot be used leaves the last good one in force."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from noctui.sources.inventory_file import FileError, Kept, read

GOOD = "site,port,down\n1,a,100\n"


def test_a_change_is_seen_even_when_size_and_time_stay(tmp_path: Path) -> None:
    path = tmp_path / "inventory.csv"
    path.write_text(GOOD)
    kept = Kept(path)
    assert kept.look()
    assert not kept.look()
    stamp = path.stat().st_mtime_ns
    path.write_text(GOOD.replace("100", "200"))
    os.utime(path, ns=(stamp, stamp))
    assert kept.look()
    assert kept.file is not None
    assert kept.file.rows[0].down_bps == 200e6


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"site,port,carrier\n1,a,Telef\xf3nica\n", "line 2, column 10: not UTF-8 (byte 0xf3"),
        ("site,port\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "is a spreadsheet"),
        (b"colour\nred\n", "line 1: no column for the site"),
        (None, "is not there"),
    ],
)
def test_a_broken_new_version_keeps_the_last_good_one_until_it_is_mended(
    tmp_path: Path, data: bytes | None, said: str
) -> None:
    path = tmp_path / "inventory.csv"
    path.write_text(GOOD)
    kept = Kept(path)
    kept.look()
    good = kept.file
    path.unlink() if data is None else path.write_bytes(data)
    assert kept.look()
    assert said in kept.error
    assert str(path) in kept.error
    assert kept.file is good
    assert not kept.look()
    path.write_text(GOOD)
    assert kept.look()
    assert kept.error == ""


def test_the_last_good_version_outlives_a_restart(tmp_path: Path) -> None:
    path, copy = tmp_path / "inventory.csv", tmp_path / "kept.csv"
    path.write_text(GOOD)
    Kept(path, copy).look()
    path.write_text("nonsense")
    again = Kept(path, copy)
    assert again.look()
    assert again.from_copy
    assert again.error
    assert again.file is not None
    assert again.file.rows[0].down_bps == 100e6


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a folder"):
        read(tmp_path)
