"""Our acknowledgements of Mist's alarms, mirrored to Mist: API path `/orgs/{org_id}/alarms/ack` and `…/unack`."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.sources.mist import facade
from noctui.sources.mist.errors import MistError, Rejected
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.session import MistSession

BATCH = 1000
"""Alarms in one call; Mist refuses more."""
LONGEST_NOTE = 500


async def acknowledge(
    session: MistSession, org_id: str, alarm_ids: Sequence[str], note: str, taken: bool, deadline: Deadline
) -> str:
    """Take these alarms in Mist, or give them back; "" or, in one line, why not. Never raises a MistError."""
    call = facade.ack_alarms if taken else facade.unack_alarms
    try:
        for start in range(0, len(alarm_ids), BATCH):
            batch = alarm_ids[start : start + BATCH]
            await call(session.caller(deadline), org_id, batch, note[:LONGEST_NOTE])
    except Rejected as error:
        if error.status == 403:
            return "Mist lets this token read alone: ack_to_mist needs one that may write"
        return str(error)
    except MistError as error:
        return str(error)
    return ""
