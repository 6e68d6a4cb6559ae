"""What was fetched is kept until it is in history, and a kill at any byte costs at most the answer being written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctui.runtime.backfill_kept import FOLDER, VERSION, Head, Kept, KeptHole, Record, begin, found
from noctui.runtime.backfill_plan import BackfillError

HEAD = Head(VERSION, "org", 1000.0, 9000.0, 9500.0, (KeptHole(1000.0, 8000.0, 600.0, 1200.0, 7800.0),))
RECORDS = tuple(Record(f"traffic {i}", "had", data=bytes([i]) * i * 7) for i in range(5))


def the_only(folder: Path) -> Kept:
    (kept,) = found(folder, "org")
    return kept


def written(folder: Path) -> Path:
    kept = begin(folder, HEAD)
    for record in RECORDS:
        kept.put(record)
    kept.close()
    return kept.path


def test_what_was_put_is_found_again(tmp_path: Path) -> None:
    written(tmp_path)
    kept = the_only(tmp_path)
    assert kept.head == HEAD
    assert tuple(kept.records.values()) == RECORDS


def test_another_orgs_and_what_is_none_are_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.with_name("notes.log").write_text("not ours")
    assert found(tmp_path, "another") == []
    assert the_only(tmp_path).path == path
    assert found(tmp_path / "nowhere", "org") == []


def test_it_goes_when_it_is_done_with(tmp_path: Path) -> None:
    written(tmp_path)
    the_only(tmp_path).drop()
    assert found(tmp_path, "org") == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    with pytest.raises(BackfillError, match="cannot be written"):
        begin(tmp_path, HEAD)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_cut_off_anywhere_it_goes_on_where_it_was(tmp_path: Path, data: st.DataObject) -> None:
    """The records before the cut are there, the cut one is asked again and put in its place."""
    path = written(tmp_path)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    logs = found(tmp_path, "org")
    if not logs:  # not even the head: begun anew
        assert cut < len(whole) - sum(len(r.data) for r in RECORDS)
        return
    had = tuple(logs[0].records.values())
    assert had == RECORDS[: len(had)]
    for record in RECORDS[len(had) :]:
        logs[0].put(record)
    logs[0].close()
    assert path.read_bytes() == whole


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_flipped_bit_ends_the_log_before_it(tmp_path: Path, data: st.DataObject) -> None:
    path = written(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw)
    for kept in found(tmp_path, "org"):
        had = tuple(kept.records.values())
        assert had == RECORDS[: len(had)]
