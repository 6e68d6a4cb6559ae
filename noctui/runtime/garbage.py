"""Python's garbage collector holds up every thread while it looks: it looks seldom, and not through what stays.

Nearly all that noctui drops is freed at once by its count of references. What is left are Textual's few cycles.
"""

from __future__ import annotations

import gc

THRESHOLDS = (5_000, 10, 50)
"""By default 700, 10, 10: a sweep alone would make it look through everything once or twice."""


def not_yet() -> None:
    """Not while modules are imported, nearly all of which stay: a sixth of the time to the first paint."""
    gc.disable()


def look_seldom() -> None:
    """For this process, from now on; never through what was made while it did not look."""
    gc.set_threshold(*THRESHOLDS)
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def let_stay() -> None:
    """Never look again through what there is now: 150,000 objects with the inventory of 10,000 circuits, 65 ms."""
    gc.freeze()
