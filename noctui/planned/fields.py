"""What the labels of notices mean: `Start Date and Time`, `Begin (UTC)`, `Service ID`, `PW Reference number`, …"""

from __future__ import annotations

import re
from functools import lru_cache

_QUALIFIERS = (
    "planned scheduled expected estimated maintenance work works window event activity outage service new revised",
    "updated actual proposed primary backup alternate alternative reserve contingency secondary local utc gmt your",
    "the pw cr gcr rescheduled amended network change ticket affected impacted customer our current confirmed",
    "timeslot slot migration upgrade extended up to first second third type hora fecha datum de del da der",
)
_Q = rf"(?:(?:{'|'.join(' '.join(_QUALIFIERS).split())}|\d{{1,2}}) )*"
_WHEN = (
    r"(?: (?:of|date|time|and|day|window|maintenance|work|works|datetime|utc|gmt|local|at|on|planned|stamp|hour|event|"
    r"activity|the|et|pt|ct|mt|cet|cest|edt|est|dd|mm|yyyy|\d))*"
)
_ID = r"(?: (?:id|ids|no|nr|number|numbers|num|reference|ref|name|names|list|identifier|identifiers|code|details))*"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "old",
        r".*\b(?:previous|original|originally|old|former|earlier|prior|initial|superseded)\b.*\b(?:start|"
        r"end|begin|finish|window|date|time|schedule)\b.*",
    ),
    (
        "supersedes",
        rf"(?:previous|original|old|replaced|superseded|related cancelled) {_Q}(?:reference|ref|"
        rf"ticket|id|change|maintenance|case|number)(?: .*)?|replaces|supersedes|replacement (?:for|of)",
    ),
    (
        "start",
        rf"{_Q}(?:start|starts|starting|begin|begins|beginning|from|commence|commences|commencing|"
        rf"commencement|inicio|comienzo|début|debut|beginn|anfang|inizio|início){_WHEN}",
    ),
    (
        "end",
        rf"{_Q}(?:end|ends|ending|finish|finishes|until|till|to|stop|stops|completion|complete by|fin|ende|"
        rf"fine|término|termino|finalización){_WHEN}",
    ),
    ("zone", r"(?:time ?zone|zone|tz|zona horaria|zeitzone)"),
    (
        "impact_length",
        rf"(?:total |max |maximum |approximate )?{_Q}(?:impact duration|"
        rf"duration of (?:the )?(?:impact|outage|interruption)|outage duration|downtime|interruption|"
        rf"interruption time|interruption duration|outage time|outage window|length of outage|duration of interruption)"
        r"|(?:expected|estimated) (?:outage|service)? ?(?:duration|downtime)|(?:service|outage|"
        r"impact) (?:duration|downtime)",
    ),
    ("length", rf"{_Q}duration(?: of (?:the )?(?:work|works|maintenance|window))?|dauer|durée|duración"),
    (
        "impact",
        rf"{_Q}(?:impact|impacts|effect|impact type|impact level|impact description|impact on service|"
        rf"impact to service|impact severity|type of impact|level of impact|outage type|auswirkung|impacto)",
    ),
    (
        "alias",
        r"(?:alias|slid(?: ccsd)?|alt(?:ernate)? (?:circuit|service)(?: id)?|legacy circuit id|"
        r"your (?:reference|circuit|service|order) ?(?:id|number)?|customer (?:circuit|service|"
        r"order|reference)(?: (?:id|number|reference|name))?|cust circuit id|a k a)",
    ),
    ("reference", r"(?:work|change) orders?(?: (?:id|no|nr|number|reference|ref))*"),
    (
        "circuit",
        rf"(?:list of )?{_Q}(?:service|circuit|circuits|services|order|line|ckt|asset|link|trail|"
        rf"leitung|circuito|servicio)(?: (?:id|ids|no|nr|number|numbers|identifier|identifiers|reference))+|"
        rf"{_Q}(?:circuits?|sid|cid|ecckt|circuit s|circuit id s|service id s|circuit list)|(?:affected|"
        rf"impacted) (?:services?|circuits?|orders?|service s|circuit s)(?: list| details)?|(?:services?|"
        rf"circuits?) (?:affected|impacted)",
    ),
    ("service", r"(?:service|product|services)"),
    ("sequence", r"(?:version|revision|rev|sequence|update)(?: (?:no|nr|number))?"),
    ("status", rf"{_Q}(?:notification |request )?(?:status|state|stage|estado)"),
    (
        "kind",
        rf"(?:{_Q}|notification |notice )(?:type|category|notification type)|type of (?:notification|"
        rf"notice|maintenance|work)",
    ),
    (
        "reference",
        rf"{_Q}(?:notification |notice |job |task |project |case |crq |chg |rfc |internal |"
        rf"planned )*(?:reference|ref|ticket|case|crq|chg|work order|job|task|change request|change record|"
        rf"maintenance|notification|notice|event|change|activity|outage|incident|pw|cr|gcr|rfc|request|"
        rf"planned work|referencia|referenz|ticketnummer|référence)(?: (?:id|no|nr|number|num|reference|ref|"
        rf"ticket|request|record|nummer|#))*",
    ),
    (
        "account",
        r"(?:customer|account|company|client|account name|account number|customer name|customer id|"
        r"company name|billing account(?: number)?|cliente|kunde)",
    ),
    (
        "location",
        rf"{_Q}(?:location|locations|location of (?:the )?(?:work|works|maintenance)|site|address|city|"
        rf"place|region|work location|ort|ubicación|lieu)",
    ),
    (
        "summary",
        rf"{_Q}(?:reason|purpose|description|action and reason|summary|detail|details|work description|"
        rf"reason for (?:the )?(?:work|works|maintenance|change)|purpose of (?:the )?work|scope|scope of work|"
        rf"title|motivo|grund|description of (?:the )?work|nature of work)",
    ),
    (
        "window",
        rf"{_Q}(?:window|windows|date and time|date time|datetime|when|schedule|time ?frame|period|"
        rf"event time|date|dates|time|times|time and date|zeitraum|wartungsfenster|ventana|horario|fenêtre|"
        rf"hours)(?: (?:utc|gmt|local|and time|\d{{1,2}}))*",
    ),
)
_LAST = (
    "reference",
    r"(?:\w+ ){1,3}(?:request|event|ticket|reference|case|change|maintenance|work order) (?:id|no|nr|number|ref)",
)
"""With whatever name of the house before it: `Acme Gatekeeper ticket number`."""
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in (*_PATTERNS, _LAST))

NEEDS_ID = frozenset(
    (
        "maintenance", "change", "event", "activity", "outage", "notification", "notice", "incident", "planned", "job",
        "request", "planned work", "network change", "network maintenance", "planned maintenance", "task", "work",
        "scheduled maintenance", "planned outage", "service outage", "planned event", "new maintenance",
        "maintenance event", "maintenance activity", "planned activity",
    )
)  # fmt: skip
"""Labels that name no id by themselves: `Change: replace a card` is no reference."""

LISTED = frozenset(("circuit",))
"""Fields whose values may stand in the lines below."""

ALONE = frozenset(("start", "end", "circuit", "reference", "impact", "window", "status"))
"""Fields whose label may stand in a line of its own without a colon, as cells of a table do."""


@lru_cache(maxsize=4096)
def of_label(label: str) -> str:
    """The field a label means; empty where it means none that is read."""
    words = plain(label)
    if not words or len(words) > 80 or words in NEEDS_ID:
        return ""
    found = next((name for name, pattern in _COMPILED if pattern.fullmatch(words)), "")
    return "reference" if found == "window" and re.search(r"#|\bnumber\b", label) else found


def plain(label: str) -> str:
    """`Start Date/Time (UTC)` → `start date time`: what stands in brackets is a hint, not the label."""
    return " ".join(re.sub(r"[^\w]+|_", " ", re.sub(r"\([^)]*\)", " ", label.lower())).split())
