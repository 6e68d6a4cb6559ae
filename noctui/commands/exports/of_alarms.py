"""Tables of alarms, of what people did about them, and of who was told."""

from __future__ import annotations

from noctui.commands.exports.asked import Asked, Made, whole
from noctui.model.scene import Range
from noctui.tui.export import Cell, Exported, instant
from noctui.tui.panes import alarm_exported

MOST_ALARMS = 20_000
"""As many as the screen asks for; more are said to be there."""
MOST = 1_000_000

AUDIT = ("known_at", "at", "who", "role", "origin", "action", "subject", "detail", "outcome", "act_id")
MESSAGES = (
    "made_at", "kind", "rule", "target", "state", "tries", "next_at", "sent_at", "error", "joined", "title", "body",
    "alarm_id", "message_id",
)  # fmt: skip


async def alarms(asked: Asked) -> Made:
    """Alarms of all sources that were open at some time in the range, newest first."""
    found = await asked.scene.read.alarms(_until_now(asked), MOST_ALARMS)
    table = alarm_exported.exported(found, asked.scene.view.inventory)
    made = Made(table.headers, whole(table))
    if len(found) >= MOST_ALARMS:
        made.told.append(f"more than {MOST_ALARMS:,} alarms: only the newest are here; ask for a shorter time")
    return made


async def audit(asked: Asked) -> Made:
    """What people did, newest first: by when it was applied, since their clocks may be wrong."""
    found = await asked.scene.read.audit(_until_now(asked), MOST)
    rows = [
        (
            instant(e.known_at), instant(e.at), e.who, e.role, e.origin, e.action, e.subject, e.detail, e.outcome,
            e.act_id,
        )
        for e in found
    ]  # fmt: skip
    table = Exported("audit", AUDIT, rows)
    return Made(table.headers, whole(table))


async def messages(asked: Asked) -> Made:
    """Notifications, newest first, in their state at the instant."""
    found = await asked.scene.read.messages(_until_now(asked), MOST)
    rows = [
        (
            instant(m.made_at), m.kind, m.rule, m.target, m.state, m.tries, _time(m.next_at), _time(m.sent_at), m.error,
            m.joined, m.title, m.body, m.alarm_id, m.message_id,
        )
        for m in found
    ]  # fmt: skip
    table = Exported("messages", MESSAGES, rows)
    return Made(table.headers, whole(table))


def _time(at: float) -> Cell:
    return instant(at) if at else None


def _until_now(asked: Asked) -> Range:
    """What was done after the newest poll is there already: a time that ends with it goes on."""
    if asked.scene.live and asked.time.end >= asked.scene.at:
        return Range(asked.time.start, float("inf"), asked.time.word)
    return asked.time
