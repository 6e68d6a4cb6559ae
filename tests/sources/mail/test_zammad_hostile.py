"""A helpdesk that answers anything: mails, or one clear line."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.mail_settings import MailboxSettings
from noctui.model.notices import Outcome
from noctui.sim.helpdesk import Faults, Helpdesk
from noctui.sources.mail.box import GoneError, Letter, MailboxError
from noctui.sources.mail.zammad import ZammadMailbox
from tests.sources.mail.liar import liar

TOKEN = "zammad-token-0123456789"


@pytest.fixture(scope="module")
def desk() -> Iterator[Helpdesk]:
    """One that runs on a loop of its own thread, with a ticket."""
    one, loop = Helpdesk(TOKEN), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(one.start(), loop).result(10)
    one.receive(b"Subject: x\r\n\r\nhello\r\n")
    yield one
    asyncio.run_coroutine_threadsafe(one.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "group", "group_id", "article_count", "type", "sender", "preferences", "created_at"]
            ),
            inner | st.sampled_from(["NOC", "email", 7, "2026-03-01T05:00:00Z"]),
            max_size=8,
        )
    ),
    max_leaves=20,
)
ANSWERS = st.one_of(JSON.map(lambda v: json.dumps(v).encode()), st.binary(max_size=60), st.just(b"["), st.just(b"\xff"))


@settings(max_examples=30, deadline=None)
@given(answer=ANSWERS, only=st.sampled_from(["search", "by_ticket", "tags", "plain", "me"]))
def test_anything_is_mails_or_one_clear_line(desk: Helpdesk, answer: bytes, only: str) -> None:
    desk.faults = Faults(absurd=answer, only=only)
    box = ZammadMailbox(MailboxSettings("desk", "zammad", url=desk.url, secret=TOKEN, folder="NOC", timeout=5.0))
    said: list[str] = []
    for work in (lambda: list(box.new()), box.checked, lambda: box.fetch(Letter("1.1001")),
                 lambda: box.mark(Letter("1.1001"), Outcome.FAILED)):  # fmt: skip
        try:
            found = work()
        except (MailboxError, GoneError) as error:
            said.append(str(error))
            continue
        for letter in found if isinstance(found, list) else ():
            assert letter.place.replace(".", "").isdigit()
            assert letter.arrived is None or isinstance(letter.arrived, int)
    box.close()
    assert all(line.isprintable() and TOKEN not in line for line in said)


HTTP = st.lists(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 999 ?\r\n", b"HTTP/1.1 401 No\r\n", b"HTTP/9 x\r\n", b"\r\n", b"[]",
            b"[{", b"Content-Length: 2\r\n", b"Content-Length: -1\r\n", b"Content-Length: 99999999999999\r\n",
            b"5\r\n[1,2]\r\n",
            b"Transfer-Encoding: chunked\r\n", b"zz\r\n", b"ffffffffffffffff\r\n", b"Retry-After: soon\r\n",
            b"Location: \x1b[31m\r\n", b"X: " + b"y" * 70_000 + b"\r\n", b"X: y\r\n" * 200, b"\x00\xff",
        ]
    ),
    max_size=6,
).map(b"".join)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(answer=HTTP)
def test_any_bytes_over_the_wire_are_an_answer_or_one_clear_line(answer: bytes) -> None:
    with liar(lambda tag, command: answer if tag == "GET" else b"", greeting=b"") as port:
        url = f"http://127.0.0.1:{port}"
        box = ZammadMailbox(MailboxSettings("desk", "zammad", url=url, secret=TOKEN, timeout=0.1))
        said = ""
        try:
            assert list(box.new()) == []
        except MailboxError as error:
            said = str(error)
        finally:
            box.close()
    assert said.isprintable()
    assert TOKEN not in said


@pytest.mark.parametrize("secret", ["clé", "two\nlines", "a\x00b"])
def test_a_secret_that_no_header_can_hold_is_refused(secret: str) -> None:
    with pytest.raises(MailboxError, match="no token has") as found:
        ZammadMailbox(MailboxSettings("desk", "zammad", url="https://x", secret=secret))
    assert secret not in str(found.value)


@settings(max_examples=40, deadline=None)
@given(place=st.text(max_size=12) | st.sampled_from(["1.²", "².1", "1.", ".1", "1.1001.2"]))
def test_a_place_that_is_none_is_gone(desk: Helpdesk, place: str) -> None:
    box = ZammadMailbox(MailboxSettings("desk", "zammad", url=desk.url, secret=TOKEN, timeout=5.0))
    try:
        box.fetch(Letter(place))
    except GoneError:
        pass
    finally:
        box.close()
