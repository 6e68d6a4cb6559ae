"""One locked data folder per test, with its writer and a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, Retention, Writer
from tests.stores.made import ORG


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[FolderLock]:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    yield lock
    lock.release()


@pytest.fixture
def open_writer(tmp_path: Path, lock: FolderLock) -> Iterator[Callable[..., Writer]]:
    made: list[Writer] = []

    def make(retention: Retention | None = None) -> Writer:
        made.append(History.create_or_open(tmp_path, ORG, retention).writer(lock))
        return made[-1]

    yield make
    for writer in made:
        writer.close()


@pytest.fixture
def writer(open_writer: Callable[..., Writer]) -> Writer:
    return open_writer()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[HistoryReader]:
    reader = History.create_or_open(tmp_path, ORG).reader()
    yield reader
    reader.close()
