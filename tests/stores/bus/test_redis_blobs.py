"""Blobs: what goes in comes out bit for bit; what is damaged, cut short, foreign or of another version has a name."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import msgspec
import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.alarms import NO_ALARMS
from noctui.model.status import Status
from noctui.model.view import View
from noctui.stores.bus import redis_blobs
from noctui.stores.bus.redis_blobs import (
    BlobError,
    CorruptError,
    CutShortError,
    Head,
    OtherOrgError,
    OtherVersionError,
    columns,
    head_of,
    seal,
    unseal,
)
from noctui.stores.bus.redis_packing import slim, whole
from noctui.stores.bus.redis_rows import Cutter, digests, joined, opened
from noctui.stores.bus.redis_words import Piece, PollIs, StatusIs, VersionIs
from tests.stores.bus.made import inventory, views
from tests.stores.made import difference

ORG = "org-1"
BLOB = seal(Head(org=ORG, epoch=3, number=9, seq=5), StatusIs(Status(fault="partial", fault_text="one page lost")))


def poll(view: View) -> bytes:
    return seal(Head(org=ORG, epoch=3, number=9, seq=view.seq), PollIs(slim(view), Status()))


def test_a_poll_comes_out_as_it_went_in() -> None:
    view = views()[-1]
    head, got = unseal(poll(view), ORG, PollIs)
    assert (head.epoch, head.number, head.seq) == (3, 9, view.seq)
    arrived = whole(got.view, view.inventory, view.alarms)
    assert difference(arrived, view) == ""
    assert not arrived.circuits.severity.flags.writeable


@given(st.integers(0, len(BLOB) - 1))
def test_one_that_is_cut_short_is_named_so(length: int) -> None:
    with pytest.raises(CutShortError, match="cut short"):
        unseal(BLOB[:length], ORG, StatusIs)


@given(st.integers(0, len(BLOB) * 8 - 1))
@settings(max_examples=200)
def test_no_bit_turns_unseen(bit: int) -> None:
    damaged = bytearray(BLOB)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BlobError):
        unseal(bytes(damaged), ORG, StatusIs)


@given(st.binary(max_size=300))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises((CorruptError, CutShortError)):
        unseal(rubbish, ORG, StatusIs)


def test_more_than_it_says_is_no_blob() -> None:
    with pytest.raises(CorruptError, match="damaged"):
        unseal(BLOB + b"x", ORG, StatusIs)


def test_another_format_is_named_whatever_follows() -> None:
    with pytest.raises(OtherVersionError, match="writes format 2 to the bus, this one reads 1: update"):
        unseal(BLOB[:4] + struct.pack("<H", 2) + BLOB[6:], ORG, StatusIs)


def test_other_columns_are_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two releases whose Views differ never take one for the other, though nobody thought of raising the format."""
    ours = redis_blobs.layout()
    monkeypatch.setattr(redis_blobs, "layout", lambda: ours ^ 1)
    with pytest.raises(OtherVersionError, match="other columns"):
        unseal(BLOB, ORG, StatusIs)


def test_another_org_is_named() -> None:
    with pytest.raises(OtherOrgError, match="is of org org-1, not of org-2"):
        head_of(BLOB, "org-2")


def test_one_kind_is_not_taken_for_another() -> None:
    with pytest.raises(CorruptError, match="holds no PollIs"):
        unseal(BLOB, ORG, PollIs)


def test_a_few_bytes_that_claim_gigabytes_are_refused() -> None:
    """A frame's length is believed only where the head says the same, and no more than can be ours."""
    payload = zstandard.ZstdCompressor().compress(bytes(1 << 20))
    said = msgspec.msgpack.encode(Head(org=ORG, epoch=1, bytes=100))
    fixed = BLOB[:8] + struct.pack("<II", len(said), len(payload))
    bomb = fixed + struct.pack("<I", zlib.crc32(payload, zlib.crc32(said, zlib.crc32(fixed)))) + said + payload
    with pytest.raises(CorruptError, match="not as long as it says"):
        unseal(bomb, ORG, StatusIs)


def test_a_view_that_does_not_fit_its_inventory_is_refused() -> None:
    """A row too many, another type, a missing dimension: each would be a wrong picture."""
    view = views()[-1]
    circuits = view.circuits
    bad = {
        "circuits.loss": replace(view, circuits=replace(circuits, loss=circuits.loss[1:])),
        "circuits.mos": replace(view, circuits=replace(circuits, mos=circuits.mos.astype(np.float64))),
        "circuits.trend": replace(view, circuits=replace(circuits, trend=circuits.trend[:, 0])),
        "limits": replace(view, limits=np.zeros((3, 4, 3))),
    }
    for name, wrong in bad.items():
        with pytest.raises(CorruptError, match=name.replace(".", r"\.")):
            whole(wrong, view.inventory, NO_ALARMS)


def test_columns_have_the_types_they_are_written_with() -> None:
    for table in redis_blobs.TABLES.values():
        view = views()[-1]
        name = next(n for n, t in redis_blobs.TABLES.items() if t is table)
        for column, kind in columns(table).items():
            assert getattr(getattr(view, name), column).dtype == kind, f"{name}.{column}"


def _cut(cutter: Cutter, version: object, had: frozenset[bytes]) -> tuple[dict[bytes, bytes], VersionIs]:
    parts = list(cutter.cut(version, had))  # type: ignore[arg-type]
    assert isinstance(parts[-1], VersionIs)
    return dict(parts[:-1]), parts[-1]  # type: ignore[arg-type]


def test_an_inventory_is_put_together_from_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a version in which one circuit's carrier changed is one piece more."""
    monkeypatch.setattr("noctui.stores.bus.redis_rows.ROWS", 5)
    first = inventory()
    org = first.org_id
    cutter = Cutter(org)
    blobs, version = _cut(cutter, first, frozenset())
    pieces: dict[bytes, Piece] = dict(opened(org, list(blobs), list(blobs.values())))
    assert joined(version, pieces) == first
    changed = msgspec.structs.replace(first.circuits[7], carrier="Another")
    second = msgspec.structs.replace(first, rev=2, circuits=(*first.circuits[:7], changed, *first.circuits[8:]))
    more, version = _cut(cutter, second, frozenset(pieces))
    assert len(more) == 1
    pieces.update(opened(org, list(more), list(more.values())))
    assert joined(version, pieces) == second
    with pytest.raises(KeyError):
        joined(version, {name: pieces[name] for name in digests(version)[1:]})


def test_a_piece_under_anothers_name_is_refused() -> None:
    blobs, _ = _cut(Cutter("org-1"), inventory(), frozenset())
    names, values = list(blobs), list(blobs.values())
    with pytest.raises(CorruptError, match="not the one it is said to be"):
        list(opened("org-1", names, values[::-1]))
