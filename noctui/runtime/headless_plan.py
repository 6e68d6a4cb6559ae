"""What a poll would do: told from history alone, without a call, and without writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from noctui.model.stores import HistoryError
from noctui.runtime.following import Follower
from noctui.runtime.headless import because, known_folder
from noctui.settings import Settings
from noctui.stores.history import open_reader
from noctui.stores.history.told_polls import polls_told


@dataclass(frozen=True, slots=True)
class Planned:
    """`folder` is where it would be written, `calls` what the newest poll took (None: there is none), `newest` its time
    (0: none); `led_by` who polls already."""

    folder: Path
    calls: int | None = None
    newest: float = 0.0
    led_by: str = ""


def plan(settings: Settings) -> Planned:
    """A blocking call. Raises Stopped when the history cannot be read."""
    folder = known_folder(settings)
    if folder is None:
        return Planned(settings.data)
    led_by = Follower(folder).leader() or ""
    history = open_reader(folder)
    try:
        newest = history.latest()
        polls = polls_told(folder, newest - 1e-3) if newest is not None else []
    except HistoryError as error:
        raise because(error) from error
    finally:
        history.close()
    if newest is None:
        return Planned(folder, led_by=led_by)
    return Planned(folder, sum(r.calls for _, _, reports in polls for r in reports) or None, newest, led_by)
