"""A mailbox in a Zammad helpdesk, against one on the loopback that answers as Zammad's own controllers do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from noctui.mail_settings import EXCEPTION, SUCCESS, MailboxSettings
from noctui.model.notices import Outcome
from noctui.sim.helpdesk import Faults, Helpdesk
from noctui.sources.mail.box import MOST, GoneError, Letter, MailboxError
from noctui.sources.mail.zammad import ZammadMailbox
from tests.redis_server import free_port

TOKEN = "zammad-token-0123456789"
NOTE = b"Message-ID: <%s@carrier.example>\r\nSubject: works\r\n\r\nhello\r\n"
T = TypeVar("T")


@pytest.fixture
async def desk() -> AsyncIterator[Helpdesk]:
    one = Helpdesk(TOKEN)
    await one.start()
    yield one
    await one.close()


def settings(desk: Helpdesk, **others: str) -> MailboxSettings:
    made = MailboxSettings(name="desk", kind="zammad", url=desk.url, secret=TOKEN, folder="noc", timeout=2.0)
    return replace(made, **others) if others else made  # type: ignore[arg-type]


async def off(work: Callable[..., T], *words: object) -> T:
    """The mailbox blocks: it runs in a thread, as in noctui."""
    return await asyncio.to_thread(work, *words)


async def listed(box: ZammadMailbox) -> list[Letter]:
    return await off(lambda: list(box.new()))


async def test_a_mail_is_told_until_its_ticket_bears_a_tag(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    first, second = desk.receive(NOTE % b"1"), desk.receive(NOTE % b"2")
    letters = await listed(box)
    assert [letter.place for letter in letters] == [f"1.{first.number}", f"2.{second.number}"]
    assert await off(box.fetch, letters[0]) == NOTE % b"1"
    assert desk.tickets[1].tags == set()  # nothing is marked by reading
    await off(box.mark, letters[0], Outcome.PARSED)
    await off(box.mark, letters[0], Outcome.PARSED)
    await off(box.mark, letters[1], Outcome.FAILED)
    assert [t.tags for t in desk.tickets.values()] == [{SUCCESS}, {EXCEPTION}]
    assert await listed(box) == []
    await off(box.mark, letters[1], Outcome.PARSED)  # read again after a fix
    assert desk.tickets[2].tags == {SUCCESS}
    box.close()


async def test_an_update_that_joins_a_marked_ticket_is_told(desk: Helpdesk) -> None:
    """A carrier's cancellation answers its own notice, and so comes into the same ticket."""
    box = ZammadMailbox(settings(desk))
    desk.receive(NOTE % b"1")
    (first,) = await listed(box)
    await off(box.mark, first, Outcome.PARSED)
    update = desk.receive(NOTE % b"cancelled", ticket=1)
    assert [letter.place for letter in await listed(box)] == [first.place, f"1.{update.number}"]
    box.close()


async def test_changed_tickets_are_looked_for_since_the_last_look(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    desk.receive(NOTE % b"1")
    for _ in range(2):
        await listed(box)
    asked = [s for s in desk.searches if "condition[ticket.updated_at][value]" in s]
    assert [int(s["condition[ticket.updated_at][value]"]) // 60 for s in asked] == [7 * 24, 0]  # hours
    assert "condition[ticket.group_id][value]" not in desk.searches[0]
    assert desk.searches[-1]["condition[ticket.group_id][value]"] == "2"  # learnt from the ticket that was seen
    box.close()


async def test_a_ticket_keeps_the_tag_of_a_mail_that_still_waits(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    desk.receive(NOTE % b"1")
    desk.receive(NOTE % b"2", ticket=1)
    first, second = await listed(box)
    await off(box.mark, first, Outcome.FAILED)
    await off(box.mark, second, Outcome.PARSED)
    assert desk.tickets[1].tags == {SUCCESS, EXCEPTION}
    await off(box.mark, first, Outcome.PARSED)
    assert desk.tickets[1].tags == {SUCCESS}
    box.close()


async def test_other_groups_notes_and_what_the_house_sent_are_no_mails(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    desk.receive(NOTE % b"other", group="Users")
    kept = desk.receive(NOTE % b"1")
    desk.receive(None, ticket=2, type="note", sender="Agent")
    sent = desk.receive(NOTE % b"answer", ticket=2, sender="Agent")
    sent.preferences["delivery_status"] = "success"
    assert [letter.place for letter in await listed(box)] == [f"2.{kept.number}"]
    box.close()


async def test_tickets_of_many_pages_are_all_told_once_oldest_first(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    for n in range(230):
        desk.receive(NOTE % b"%d" % n, at=0.0)
    letters = await listed(box)
    assert [letter.place.split(".")[0] for letter in letters] == [str(n) for n in range(1, 231)]
    assert await listed(box) == []  # told a moment ago; again when they stay unmarked
    box.close()


async def test_where_nothing_is_to_be_marked_no_tag_is_made(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk, after="keep"))
    desk.receive(NOTE % b"1")
    (letter,) = await listed(box)
    await off(box.mark, letter, Outcome.PARSED)
    assert desk.tickets[1].tags == set()
    assert not any("tags" in path for path in desk.heard)
    box.close()


async def test_a_huge_mail_is_cut_and_one_without_an_original_is_gone(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    desk.receive(NOTE % b"1" + b"x" * (MOST + 100_000))
    desk.receive(None)
    huge, none = await listed(box)
    assert len(await off(box.fetch, huge)) == MOST
    with pytest.raises(GoneError, match="no original"):
        await off(box.fetch, none)
    with pytest.raises(GoneError, match="404"):
        await off(box.fetch, Letter("1.9999"))
    await off(box.mark, Letter("77.9999"), Outcome.PARSED)  # deleted meanwhile: no error
    box.close()


@pytest.mark.parametrize(
    ("faults", "said", "lasting"),
    [
        (Faults(status=401), "401 its token is refused (as was asked for): make a new one", True),
        (Faults(status=403), "403 its token may not do this (as was asked for)", True),
        (Faults(status=404), "knows no list of tickets: is this a Zammad?", True),
        (Faults(status=429, retry_after="3"), "429 too many requests", False),
        (Faults(status=500), "500 as was asked for", False),
        (Faults(status=302), "sends on to https://elsewhere.example/: set its url to where it is", True),
        (Faults(slow=0.4), "does not answer within 0.2 s", False),
        (Faults(truncated=True), "the answer was cut off", False),
        (Faults(hangs_up=True), "the connection broke", False),
        (Faults(absurd=b'[{"id": 1'), "the answer is no JSON, or was cut off", False),
        (Faults(absurd=b'"hello"'), "knows no list of tickets: is this a Zammad?", True),
        (Faults(absurd=b"[" * 100_000), "the answer is no JSON, or was cut off", False),
    ],
)
async def test_what_is_wrong_is_said_in_one_line(desk: Helpdesk, faults: Faults, said: str, lasting: bool) -> None:
    box = ZammadMailbox(replace(settings(desk), timeout=0.2))
    desk.receive(NOTE % b"1")
    desk.faults = faults
    with pytest.raises(MailboxError) as found:
        await listed(box)
    assert found.value.text.startswith("mailbox desk: ")
    assert said in found.value.text
    assert found.value.text.isprintable()
    assert TOKEN not in found.value.text
    assert found.value.lasting is lasting
    desk.faults = Faults()
    assert len(await listed(box)) == 1  # and it goes on when that has passed
    box.close()


async def test_it_is_left_alone_for_as_long_as_it_asks(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    desk.faults = Faults(status=429, retry_after="60")
    with pytest.raises(MailboxError, match="429"):
        await listed(box)
    waiting = asyncio.create_task(off(box.wait, 0.01))
    done, _ = await asyncio.wait({waiting}, timeout=0.3)
    assert not done
    box.wake()
    await waiting
    box.close()


@pytest.mark.parametrize("absurd", [b"[1, null, {}]", b'[{"id": -3}]', b'[{"id": "x", "group": 7}]', b'[{"id": true}]'])
async def test_rows_that_are_none_are_left_out(desk: Helpdesk, absurd: bytes) -> None:
    box = ZammadMailbox(settings(desk))
    desk.faults = Faults(absurd=absurd)
    assert await listed(box) == []
    box.close()


async def test_a_mail_that_could_not_be_fetched_is_told_again(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    desk.receive(NOTE % b"1")
    (letter,) = await listed(box)
    desk.faults = Faults(truncated=True, only="plain")
    with pytest.raises(MailboxError, match="cut off"):
        await off(box.fetch, letter)
    assert await listed(box) == [letter]
    box.close()


async def test_a_connection_that_was_closed_meanwhile_is_made_again(desk: Helpdesk) -> None:
    box = ZammadMailbox(settings(desk))
    desk.receive(NOTE % b"1")
    (letter,) = await listed(box)
    port = int(desk.url.rpartition(":")[2])
    await desk.close()
    await desk.start(port=port)
    assert await off(box.fetch, letter) == NOTE % b"1"
    box.close()


def test_a_token_is_not_sent_unencrypted_to_another_machine() -> None:
    with pytest.raises(MailboxError, match="use https://"):
        ZammadMailbox(MailboxSettings(name="desk", kind="zammad", url="http://helpdesk.example", secret=TOKEN))


def test_a_helpdesk_that_is_not_there() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    box = ZammadMailbox(MailboxSettings(name="desk", kind="zammad", url=url, secret=TOKEN))
    with pytest.raises(MailboxError, match="refuses connections"):
        list(box.new())
    box.wake()
    box.wait(30)  # ends at once
    box.close()
