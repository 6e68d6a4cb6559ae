"""Who you are to noctui, and whom it tells of alarms."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from noctui.doctor.verdict import FAIL, NOTE, OK, Check
from noctui.runtime.people import here
from noctui.settings import Settings


def telling(settings: Settings) -> Iterator[Check]:
    person = here(settings.roles)
    yield Check("you", OK, f"{person.who}, {person.role} ({person.origin})")
    rules = settings.alarms.notify
    if not rules:
        yield Check(
            "notify", NOTE, "nobody is told of alarms", "[[notify]] in noctui.toml: see sample_data/noctui.toml"
        )
    elif importlib.util.find_spec("apprise") is None:
        yield Check("notify", FAIL, f"{len(rules)} rules, and apprise is not installed", "pip install 'noctui[notify]'")
    else:
        names = ", ".join(rule.name for rule in rules)
        yield Check("notify", OK, names, "noctui notify test sends each a message")
