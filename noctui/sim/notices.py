"""What carriers mail to the simulated network about their planned work, in the ways that carriers write.

The star of each block is a circuit that goes down twice: inside the window that its carrier announced, and again after
it. The circuits are those of the sample inventory file; a network without them has a smaller cast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from noctui.sim import incidents as do
from noctui.sim.incidents import Incident
from noctui.sim.network import Network

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
CUSTOMER = "Example Grocers"
STARS = (("3524", "Verizon", "VZ-88213"), ("0417", "Comcast", "41.HFGS.002211"))
"""Store, carrier and the carrier's id of the first circuit's port there, as the sample inventory has them."""
PORTS = {"VZ-88213": "ge-0/0/0", "41.HFGS.002211": "ge-0/0/1"}
SENDERS = {
    "Verizon": "maintenance@verizon.com", "Comcast": "changes@comcast.com", "Lumen": "noc@lumen.com",
    "Zayo": "mr@zayo.com", "Frontier": "noc@ftr.com",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail, and when it lies in the mailbox (epoch seconds). `name` is its file's."""

    at: float
    name: str
    data: bytes


def star(network: Network) -> tuple[int, str, str] | None:
    """Row, carrier and the carrier's id of the circuit that the show is about; None: the network has none of them."""
    for number, carrier, circuit in STARS:
        for site, name in enumerate(network.site_name):
            if name.startswith(f"{number} "):
                rows = range(int(network.site_first[site]), int(network.site_first[site + 1]))
                row = next((row for row in rows if network.line[row].port == PORTS[circuit]), None)
                if row is not None:
                    return row, carrier, circuit
    return None


def windows(t: float, block: int) -> tuple[float, float]:
    """The star's window in the block that begins at `t`."""
    return (t - 20 * MINUTE, t + 8 * MINUTE) if block == 0 else (t + 20 * MINUTE, t + 50 * MINUTE)


def cuts(network: Network, t: float, block: int) -> list[Incident]:
    """The star goes down inside its window, and after it."""
    found = star(network)
    if found is None:
        return []
    start, end = windows(t, block)
    inside = (t + 100.0, t + 5 * MINUTE) if block == 0 else (start + 5 * MINUTE, start + 13 * MINUTE)
    return [do.cut(*inside, found[0]), do.cut(end + 3 * MINUTE, end + 9 * MINUTE, found[0])]


def mails(network: Network, t: float, block: int) -> list[Mailed]:
    """All of the block that begins at `t`, oldest first. Those of the night (block 0) lie there before it begins."""
    found: list[Mailed] = []
    who = star(network)
    if who is not None:
        _, carrier, circuit = who
        start, end = windows(t, block)
        number = f"N{int(t // MINUTE) % 1_000_000:06}"
        sent = t - 26 * HOUR  # more than a day before: the demo's promises ask for that
        found.append(
            _mail(t if block == 0 else t + MINUTE, sent, carrier, _labels(carrier, number, start, end, circuit))
        )
    return sorted(found + (_night(t) if block == 0 else []), key=lambda m: (m.at, m.name))


def _night(t: float) -> list[Mailed]:
    tonight = (t // DAY + 1) * DAY + 5 * HOUR
    week = tonight + 6 * DAY
    moved = _labels(
        "Comcast", "CM-5521", week + DAY, week + DAY + 3 * HOUR, "41.HFGS.004417", "Rescheduled maintenance"
    )
    done = _calendar("Verizon", "N088120", t - 30 * HOUR, t - 27 * HOUR, ["VZ-88213"], "COMPLETED", 2)
    return [
        _mail(t, t - 27 * HOUR, "Verizon", done),
        _mail(t, t - 9 * HOUR, "Comcast", _labels("Comcast", "CM-5521", week, week + 3 * HOUR, "41.HFGS.004417")),
        _mail(t, t - 7 * HOUR, "Frontier", _dead(week)),
        _mail(t + 45.0, t + 45.0, "Lumen", _table("29840117", tonight, tonight + 3 * HOUR, ["KQGN123999"])),
        _mail(t + 70.0, t + 70.0, "Zayo", _table("CHG-20902", week, week + 5 * HOUR, ["OGYX/204417//ZYO"])),
        _mail(t + 2 * MINUTE, t + 2 * MINUTE, "Comcast",
              _labels("Comcast", "CM-5530", tonight + HOUR, tonight + 4 * HOUR, "41.HFGS.002212")),
        _mail(t + 3 * MINUTE, t + 3 * MINUTE, "Comcast", moved),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Text:
    subject: str
    kind: str
    body: str


def _mail(at: float, sent: float, carrier: str, text: _Text) -> Mailed:
    sender = SENDERS[carrier]
    number = f"{int(sent)}.{sum(text.subject.encode())}"
    headers = [
        f"From: {carrier} Change Management <{sender}>",
        "To: noc@grocers.example",
        f"Date: {format_datetime(datetime.fromtimestamp(sent, UTC))}",
        f"Subject: {text.subject}",
        f"Message-ID: <{number}@{sender.partition('@')[2]}>",
        "MIME-Version: 1.0",
        f"Content-Type: {text.kind}; charset=utf-8",
    ]
    data = "\r\n".join([*headers, "", *text.body.splitlines(), ""]).encode()
    return Mailed(at, f"{number}-{carrier.lower()}.eml", data)


def _labels(
    carrier: str, number: str, start: float, end: float, circuit: str, what: str = "Planned maintenance"
) -> _Text:
    lines = [
        f"{carrier} informs {CUSTOMER} of planned work.", "",
        f"Reference number: {number}",
        f"Start Date and Time: {_time(start)} UTC",
        f"End Date and Time: {_time(end)} UTC",
        "Action and Reason: Card replacement.", "",
        f"Service ID: {circuit}",
        "Impact: 1 x 20 minutes interruption",
    ]  # fmt: skip
    return _Text(f"{what} {number}", "text/plain", "\n".join(lines))


def _table(number: str, start: float, end: float, circuits: Sequence[str]) -> _Text:
    rows = [
        ("Maintenance Number", number), ("Start", f"{_iso(start)} GMT"), ("End", f"{_iso(end)} GMT"),
        ("Circuit ID", "<br>".join(circuits)), ("Impact", "Outage, 45 minutes"),
    ]  # fmt: skip
    cells = "".join(f"<tr><td><b>{a}</b></td><td>{b}</td></tr>\n" for a, b in rows)
    body = f"<html><body><p>Dear {CUSTOMER},</p>\n<table>\n{cells}</table></body></html>"
    return _Text(f"Scheduled maintenance {number}", "text/html", body)


def _calendar(
    carrier: str, number: str, start: float, end: float, circuits: Sequence[str], status: str, sequence: int
) -> _Text:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Maint Note//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        "SUMMARY:Fibre move", f"DTSTART:{_basic(start)}", f"DTEND:{_basic(end)}", f"DTSTAMP:{_basic(end)}",
        f"UID:{number}@{carrier.lower()}", f"SEQUENCE:{sequence}", f"X-MAINTNOTE-PROVIDER:{carrier.lower()}.com",
        "X-MAINTNOTE-ACCOUNT:7712", f"X-MAINTNOTE-MAINTENANCE-ID:{number}",
        *(f"X-MAINTNOTE-OBJECT-ID:{one}" for one in circuits),
        "X-MAINTNOTE-IMPACT:OUTAGE", f"X-MAINTNOTE-STATUS:{status}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return _Text(f"Maintenance {number} {status.lower()}", "text/calendar", "\n".join(lines))


def _dead(start: float) -> _Text:
    """Nobody can tell which zone it means."""
    body = f"Maintenance ID: FR-4471\nStart: {_iso(start)}\nEnd: {_iso(start + 2 * HOUR)}\nCircuit: 12.KFGS.550021"
    return _Text("Maintenance notification FR-4471", "text/plain", body)


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%b-%d %H:%M}"


def _iso(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _basic(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}"
