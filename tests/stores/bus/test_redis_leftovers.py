"""What killed demos left behind is removed: one's own, and only when its owner is dead."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from noctui.stores.bus.redis_leftovers import YOUNG_SECONDS, sweep
from noctui.stores.bus.redis_server import PREFIX, Server
from tests.redis_server import needs_server
from tests.stores.bus.test_redis_server import STARTER

pytestmark = needs_server


def test_a_killed_owners_folder_goes_and_a_living_ones_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    parent = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    _, killed = parent.stdout.readline().split()
    assert Path(killed).parent == tmp_path
    foreign = tmp_path / f"{PREFIX}of-another-program"
    foreign.mkdir()
    late = time.time() + 2 * YOUNG_SECONDS
    with Server() as living:
        assert sweep(tmp_path, late) == 0
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert sweep(tmp_path) == 0, "it may be one that is just starting"
        assert sweep(tmp_path, late) == 1
        assert not Path(killed).exists()
        assert living.socket.exists()
        assert foreign.is_dir()
    assert not living.folder.exists()
    parent.stdout.close()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "lock").touch()
    (tmp_path / f"{PREFIX}x").symlink_to(precious)
    assert sweep(tmp_path, time.time() + 2 * YOUNG_SECONDS) == 0
    assert (precious / "lock").exists()
