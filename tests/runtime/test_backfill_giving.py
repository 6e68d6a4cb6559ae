"""What a back-fill hands over and the history refuses: whoever filled is told."""

from __future__ import annotations

from pathlib import Path

from noctui.runtime.backfill_giving import refused_of
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import PastBuilder, open_reader, open_writer
from noctui.stores.history.inbox import deposit
from noctui.stores.history.past import encode
from tests.stores.made import ORG, START, World, network


def test_the_second_of_two_that_hand_over_the_same_is_told(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    writer, reader = open_writer(tmp_path, ORG, lock), open_reader(tmp_path, ORG)
    writer.write(World(network(2), start=START + 86_400.0).poll())
    builder = PastBuilder(reader.numbers(), ORG)
    for record in World(network(2), interval=600.0).polls(6):
        assert list(builder.add(record)) == []
    (chunk,) = builder.finish()
    ids = [deposit(tmp_path, "history", encode(chunk)) for _ in range(2)]
    while writer.apply_inbox().more:
        pass
    assert refused_of(tmp_path, ids) == [f"inbox/{ids[1]}.history.refused"]
    assert refused_of(tmp_path, ids[:1]) == []
    reader.close()
    writer.close()
    lock.release()
