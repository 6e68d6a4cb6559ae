"""Messages between processes: what goes in comes out, columns are not copied, and rubbish is refused."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from noctui.model.scene import Above
from noctui.model.words import Metric
from noctui.runtime.child_words import AboveIs, Begin, FromChild, OrgIs, ToChild
from noctui.runtime.frames import FrameError, FrameReader, Unpacker, pack
from noctui.settings import Settings, Thresholds
from tests.examples import some
from tests.stores.made import difference

heard = Unpacker[FromChild](FromChild)
obeyed = Unpacker[ToChild](ToChild)

columns = hnp.arrays(np.float32, hnp.array_shapes(min_dims=3, max_dims=3, min_side=0, max_side=5))


def frame(message: object) -> bytes:
    return b"".join(pack(message))


@settings(max_examples=some(50), deadline=None)
@given(columns, columns, columns)
def test_columns_come_out_as_they_went_in(
    total: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    longest: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    known: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    """NaNs and empty tables too, and every column stands where numpy can work on it."""
    sent = Above(24, total, longest, known)
    got = heard.unpack(frame(AboveIs(7, sent)))
    assert isinstance(got, AboveIs)
    assert got.above is not None
    assert difference(got.above, sent) == ""
    assert all(a.flags.aligned and not a.flags.writeable for a in (got.above.total, got.above.known))


def test_a_column_is_looked_at_where_it_arrived() -> None:
    whole = bytearray(frame(AboveIs(1, Above(3, *[np.zeros((9, 4, 3), np.float32)] * 3))))
    got = heard.unpack(whole)
    assert isinstance(got, AboveIs)
    assert got.above is not None
    assert np.shares_memory(got.above.known, np.frombuffer(whole, np.uint8))


def test_a_column_that_is_every_second_value_of_another_is_sent_alone() -> None:
    every = np.arange(48, dtype=np.float32).reshape(4, 4, 3)
    got = heard.unpack(frame(AboveIs(1, Above(3, every[::2], every[:, ::2], every))))
    assert isinstance(got, AboveIs)
    assert got.above is not None
    assert got.above.total.tolist() == every[::2].tolist()
    assert got.above.longest.tolist() == every[:, ::2].tolist()


def test_settings_travel_whole() -> None:
    """Tokens, paths and thresholds by metric: a process is started with nothing else."""
    limits = Thresholds(by_region={"West": {Metric.LATENCY: (1.0, 2.0, 3.0)}})
    sent = Settings(tokens=("a-token", "another"), data=Path("/d"), inventory_file=Path("/f.csv"), thresholds=limits)
    got = obeyed.unpack(frame(Begin(sent)))
    assert isinstance(got, Begin)
    assert got.settings == sent
    assert got.settings.thresholds.at("", "West")[Metric.LATENCY] == (1.0, 2.0, 3.0)


@settings(max_examples=some(100), deadline=None)
@given(st.binary(max_size=200))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(FrameError):
        heard.unpack(rubbish)


def test_a_frame_that_is_cut_off_is_refused() -> None:
    whole = frame(OrgIs(1, "org", "Acme"))
    for length in range(len(whole)):
        with pytest.raises(FrameError):
            heard.unpack(whole[:length])


async def test_frames_are_put_together_from_whatever_pieces_the_stream_gives() -> None:
    """One byte at a time, then several frames at once; then the other side is gone."""
    ours, theirs = socket.socketpair()
    got: list[FromChild] = []
    gone = asyncio.Event()
    reader = FrameReader(lambda _: None, lambda whole: got.append(heard.unpack(whole)), gone.set)
    await asyncio.get_running_loop().create_connection(lambda: reader, sock=ours)
    sent = [OrgIs(number, "org", "x" * number) for number in (0, 3, 900, 200_000)]
    with theirs:
        for byte in frame(sent[0]):
            theirs.send(bytes([byte]))
            await asyncio.sleep(0)
        theirs.setblocking(False)
        await asyncio.get_running_loop().sock_sendall(theirs, b"".join(frame(one) for one in sent[1:]))
    await asyncio.wait_for(gone.wait(), 10)
    assert got == sent


async def test_a_length_that_cannot_be_ends_the_connection() -> None:
    """Nothing is kept ready for four gigabytes that never come."""
    ours, theirs = socket.socketpair()
    gone = asyncio.Event()
    reader = FrameReader(lambda _: None, lambda _: None, gone.set)
    await asyncio.get_running_loop().create_connection(lambda: reader, sock=ours)
    with theirs:
        theirs.send(b"\xff" * 8)
        await asyncio.wait_for(gone.wait(), 10)
