"""What noctui says of itself: each fault a condition, none while all is well; unknown figures say nothing."""

from __future__ import annotations

import pytest

from noctui.engine.self_watch import own_conditions
from noctui.model.health import Health, HistoryHealth, MailboxHealth, PlanLine, SyncHealth, TokenHealth
from noctui.model.scene import Status
from noctui.model.words import Severity
from tests.engine.alarms.watch import T0, Watch

NOW = 1_795_000_000.0
GB = 10**9


def health(**changes: object) -> Status:
    return Status(health=Health(**changes), sweep_took=8.0)  # type: ignore[arg-type]


def disk(free: int, full_at: float = 0.0) -> Status:
    return health(history=HistoryHealth(disk_free=free, disk_total=40 * GB, full_at=full_at))


def box(since: float = NOW - 60, every: float = 60.0, **changes: object) -> Status:
    return health(mailboxes=(MailboxHealth(name="noc", since=since, every=every, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "key", "severity"),
    [
        (Status(fault="lost", fault_since=NOW - 65, fault_text="Mist answers 503"), "collector", Severity.CRITICAL),
        (Status(fault="resting", fault_since=NOW - 5), "collector", Severity.CRITICAL),
        (Status(fault="partial", fault_since=NOW - 5), "partial", Severity.WARN),
        (Status(sweep_took=61.0, poll_seconds=60.0), "late", Severity.WARN),
        (health(longest_block=6.0), "late", Severity.WARN),
        (health(tokens=(TokenHealth(number=2, ending="09be", used=0, limit=0, state="refused"),)), "token_2", 3),
        (health(plan=(PlanLine("sweeps", 5200.0),), capacity=5000.0), "budget", Severity.HIGH),
        (Status(history_text="disk full", history_since=NOW - 9), "history", Severity.CRITICAL),
        (disk(1 * GB), "disk", Severity.HIGH),
        (Status(bus="lost", bus_since=NOW - 9, bus_text="redis://bus cannot be reached"), "bus", Severity.HIGH),
        (disk(20 * GB, full_at=NOW + 2 * 86_400), "disk", Severity.HIGH),
        (health(sync=SyncHealth(status="failed", ran_at=NOW - 9, whole_at=NOW - 3600)), "sync", Severity.WARN),
        (health(sync=SyncHealth(status="partial", ran_at=NOW - 9)), "sync", Severity.WARN),
        (health(sync=SyncHealth(status="whole", whole_at=NOW - 27 * 3600)), "sync", Severity.HIGH),
        (box(read_at=NOW - 120, fault="refuses noc", failed_at=NOW - 60), "mailbox_noc", Severity.WARN),
        (box(fault="no such folder", failed_at=NOW - 60), "mailbox_noc", Severity.WARN),
        (box(read_at=NOW - 3601, fault="no answer", failed_at=NOW - 3590), "mailbox_noc", Severity.HIGH),
        (box(since=NOW - 3601), "mailbox_noc", Severity.HIGH),  # its first look never ended
        (box(read_at=NOW - 5 * 86_400, every=86_400.0), "mailbox_noc", Severity.HIGH),
    ],
)
def test_each_fault_is_a_condition(status: Status, key: str, severity: int) -> None:
    (condition,) = own_conditions(status, None, NOW)
    assert (condition.key, condition.severity) == (f"self/{key}", severity)


@pytest.mark.parametrize(
    "status",
    [
        Status(),
        Status(fault="loading"),
        Status(bus="ok"),
        health(sync=SyncHealth(status="whole", whole_at=NOW - 25 * 3600)),
        health(sync=SyncHealth(status="running", ran_at=NOW - 9)),
        box(),
        box(read_at=NOW - 3599),
        box(read_at=NOW - 3 * 86_400, every=86_400.0),  # it is looked at once a day
        health(),  # nothing measured yet: unknown is no fault
        disk(20 * GB),
        disk(20 * GB, full_at=NOW + 30 * 86_400),
        health(tokens=(TokenHealth(number=1, ending="a41f", used=4990, limit=5000, state="rests"),)),
        health(plan=(PlanLine("sweeps", 1900.0),), capacity=5000.0),
    ],
)
def test_nothing_is_said_while_all_is_well(status: Status) -> None:
    assert own_conditions(status, None, NOW) == ()


def test_a_mailbox_says_which_it_is_since_when_and_why() -> None:
    (found,) = own_conditions(box(read_at=NOW - 7200, fault="refuses noc", failed_at=NOW - 7100), None, NOW)
    assert found.since == NOW - 7200
    assert found.text == "no carriers' notices are read from mailbox noc: refuses noc"


def test_a_fault_began_when_the_status_says() -> None:
    (lost,) = own_conditions(Status(fault="lost", fault_since=NOW - 65, fault_text="Mist answers 503"), None, NOW)
    assert (lost.since, lost.text) == (NOW - 65, "no new data: Mist answers 503")


def test_other_figures_of_the_same_fault_do_not_arm_a_taken_alarm_again() -> None:
    watch = Watch()
    for minute in range(5):
        status = Status(fault="partial", fault_since=T0, fault_text=f"{30 + minute} of 40 pages came")
        watch.poll(60.0 * minute, own=own_conditions(status, None, T0 + 60.0 * minute))
        if not minute:
            watch.act(1.0, "ack", watch.open()["self/partial"])
    alarm = watch.open()["self/partial"]
    assert (alarm.text, alarm.owner, alarm.notes) == ("sweeps are not whole: 34 of 40 pages came", "jmo", ())
