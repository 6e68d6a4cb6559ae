"""Days of a time before there were days: what an older version rolled and polled is made up for, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.model.figures import Grain
from noctui.stores.history.due import mark_above
from noctui.stores.history.known import LONGEST
from noctui.stores.history.rolling import reopen_hours
from noctui.stores.history.schema import meta, set_meta

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

DONE = "days_made_up"


def make_up(w: Writer) -> None:
    """Have the days made of which polls are held, before the first one that was made; their hours too, since an older
    version kept no five-minute averages. A look into `meta` when that was done before."""
    if meta(w.db, DONE) is not None:
        return
    oldest = w.db.execute("SELECT min(at) FROM polls").fetchone()[0]
    made = w.db.execute('SELECT min(start) FROM figures WHERE grain = 1 AND "end" > ?', (oldest or 0.0,)).fetchone()[0]
    until = w.newest if made is None else made
    with w.transaction():
        if oldest is not None and oldest < until:
            reopen_hours(w, oldest - LONGEST, until)
            mark_above(w, Grain.DAY, oldest, until)
        set_meta(w.db, DONE, 1)
