"""10,000 mails in one run, and killed again and again on the way: none is lost, none is there twice."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from noctui.mail_settings import EXCEPTION, SUCCESS
from noctui.model.scene import Range
from noctui.stores.history import open_reader
from tests.runtime import mail_victim
from tests.stores.made import START
from tests.stores.notices import written

MAILS = 10_000
KILLS = 20
EVERY = 10
"""Of the mails one in ten cannot be read, and one in ten is another's copy."""


def fill(box: Path) -> int:
    """Mails into a folder; how many different ones."""
    box.mkdir()
    copies = 0
    for i in range(MAILS):
        data = written(f"CHG-{i}", at=START + i, more="x" * (i % 700))
        if i % EVERY == 3:
            data = data.replace(b" UTC", b"")
        if i % EVERY == 7:
            copies += 1
            data = (box / f"{i - 1:05}.eml").read_bytes()
        (box / f"{i:05}.eml").write_bytes(data)
        os.utime(box / f"{i:05}.eml", (START + i, START + i))
    return MAILS - copies


def begin(root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", mail_victim.__name__, str(root / "data"), str(root / "box")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.soak
@pytest.mark.parametrize("kills", [0, KILLS])
async def test_none_is_lost_and_none_is_there_twice(tmp_path: Path, kills: int) -> None:
    (tmp_path / "data").mkdir()
    different = fill(tmp_path / "box")
    luck = random.Random(kills)
    for _ in range(kills):
        victim = begin(tmp_path)
        until = len(list((tmp_path / "box").glob("*.eml"))) - luck.randint(1, 300)
        while len(list((tmp_path / "box").glob("*.eml"))) > until:
            await asyncio.sleep(0.01 * luck.random())
        victim.kill()
        victim.communicate()
    last, _ = begin(tmp_path).communicate()
    read, took, peak = last.split()
    assert not kills or int(read) < MAILS
    said = f"{kills} kills, then {read} mails in {took} s: {int(read) / float(took):.0f} a second, {peak} MB"
    print(f"\nmails: {said}")
    assert not list((tmp_path / "box").glob("*.eml"))
    marked = [len(list((tmp_path / "box" / part).glob("*.eml"))) for part in (SUCCESS, EXCEPTION)]
    assert sum(marked) == MAILS
    history = open_reader(tmp_path / "data")
    try:
        reader = history.reader(START + 1e6)
        mails = await reader.mails(Range(START, START + 1e6), 10 * MAILS)
        works = await reader.works(Range(START, START + 1e7))
    finally:
        history.close()
    assert len(mails) == len({m.key for m in mails}) == different
    assert {m.tried for m in mails} == {1}
    assert len(works) == len({w.name for w in works}) == different - MAILS // EVERY
    assert {w.version for w in works} == {1}
