"""What servers of our own left behind when whoever started them was killed: removed by the next one who starts one."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from noctui.stores.bus.folder import is_led
from noctui.stores.bus.redis_server import PREFIX

log = logging.getLogger("noctui.bus")

YOUNG_SECONDS = 60.0
"""A folder that was changed so lately may be of one who is just starting."""


def sweep(place: Path | None = None, now: float | None = None) -> int:
    """Remove the folders of servers whose owner is dead: those of this user alone, that hold the owner's lock file, and
    on which nobody has the lock. `place` is where temporary files are. How many there were."""
    found = 0
    now = time.time() if now is None else now
    for folder in sorted(Path(tempfile.gettempdir() if place is None else place).glob(f"{PREFIX}*")):
        try:
            of = folder.lstat()
            if not stat.S_ISDIR(of.st_mode) or of.st_uid != os.geteuid() or now - of.st_mtime < YOUNG_SECONDS:
                continue
            if not (folder / "lock").is_file() or is_led(folder):
                continue
            shutil.rmtree(folder)
        except OSError as error:  # it is no worse than before
            log.debug("bus.leftover", extra={"text": str(error)})
        else:
            found += 1
    return found
