"""The engine's rules of alarms and notification, from the settings."""

from __future__ import annotations

from dataclasses import asdict

from noctui.alarm_settings import AlarmSettings, Notify
from noctui.engine.alarms.rules import AlarmRules, Damping, Patience
from noctui.engine.notification.hours import hours_of
from noctui.engine.notification.rules import Rule
from noctui.model.words import Severity


def severity_of(word: str) -> Severity:
    """Of `alarm_settings.LEVELS`."""
    return Severity[word.upper()]


def rules_of(settings: AlarmSettings) -> AlarmRules:
    """How alarms are judged; types that the settings do not name keep the defaults."""
    usual = AlarmRules()
    return AlarmRules(
        confirm={**usual.confirm, **{kind: Patience(seconds) for kind, seconds in settings.confirm.items()}},
        clear={**usual.clear, **{kind: Patience(seconds) for kind, seconds in settings.clear.items()}},
        least=severity_of(settings.least),
        damping=Damping(**asdict(settings.damping)),
        hold_down=settings.hold_down,
        together_least=settings.incident_least,
        together=settings.incident_together,
        longest_ack=settings.ack_longest,
    )


def notification_rules(settings: AlarmSettings) -> tuple[Rule, ...]:
    return tuple(_rule(told) for told in settings.notify)


def _rule(told: Notify) -> Rule:
    return Rule(
        name=told.name, severity=severity_of(told.severity), after=told.after, again=told.again, cleared=told.cleared,
        sources=told.sources, types=told.types, regions=told.regions, carriers=told.carriers,
        hours=hours_of(told.hours) if told.hours else None, quiet=hours_of(told.quiet) if told.quiet else None,
        quiet_severity=severity_of(told.quiet_severity), per_hour=told.per_hour,
    )  # fmt: skip
