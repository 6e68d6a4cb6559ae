"""Before anything runs: the data folder and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noctui.settings import Settings


class NotReady(Exception):  # noqa: N818 - no bug: there is no place
    """One clear line."""


def ready(settings: Settings, dry: bool = False) -> None:
    """Make the data folder and begin the log; `dry`: neither. Raises NotReady when there is no place for them.

    A folder that is there but cannot be written is fine for following: then only the log is missing.
    """
    from noctui.logs import hide, to_file, to_nowhere

    hide(settings.tokens)
    if dry:
        to_nowhere()
        return
    folder, file = settings.data, settings.log_file
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise NotReady(f"the data folder {folder} cannot be made: {error.strerror}; see --data") from error
    try:
        to_file(file or folder / "noctui.log", settings.log_level)
    except OSError as error:
        to_nowhere()
        if file is not None:
            raise NotReady(f"the log {file} cannot be written: {error.strerror}; see LOG_FILE") from error
