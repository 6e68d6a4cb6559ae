"""Folders and Maildirs as mailboxes: what is whole is read, oldest first; what was read is moved; nothing else is
touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from noctui.mail_settings import EXCEPTION, SUCCESS, MailboxSettings
from noctui.model.notices import Outcome
from noctui.sources.mail.box import MOST, GoneError, Letter, MailboxError
from noctui.sources.mail.folder import FolderMailbox
from noctui.sources.mail.maildir import MaildirMailbox

OLD = time.time() - 1000


def put(path: Path, text: str = "x", at: float = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def folder(path: Path, after: str = "") -> FolderMailbox:
    return FolderMailbox(MailboxSettings("drop", "folder", path, after=after))


def maildir(path: Path) -> MaildirMailbox:
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True, exist_ok=True)
    return MaildirMailbox(MailboxSettings("noc", "maildir", path))


def places(box: FolderMailbox | MaildirMailbox) -> list[str]:
    return [letter.place for letter in box.new()]


# -- a folder


def test_mails_oldest_first_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path / "b.eml", at=OLD)
    put(tmp_path / "a.TXT", at=OLD + 1)
    put(tmp_path / ".c.eml.part")
    put(tmp_path / ".d.eml")
    put(tmp_path / "e.pdf")
    (tmp_path / "sub.eml").mkdir()
    assert places(folder(tmp_path)) == ["b.eml", "a.TXT"]
    assert folder(tmp_path).fetch(Letter("b.eml")) == b"x"


def test_one_that_is_being_written_waits(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", at=time.time())
    assert places(folder(tmp_path)) == []


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    secret = put(tmp_path / "elsewhere" / "shadow.txt", "root")
    box = tmp_path / "box"
    box.mkdir()
    (box / "a.eml").symlink_to(secret)
    os.mkfifo(box / "b.eml")
    assert places(folder(box)) == []
    for name in ("a.eml", "b.eml", "gone.eml"):
        with pytest.raises(GoneError):
            folder(box).fetch(Letter(name))


def test_what_was_read_is_moved_and_replaces_nothing(tmp_path: Path) -> None:
    box = folder(tmp_path)
    for outcome, where in (
        (Outcome.PARSED, SUCCESS), (Outcome.IGNORED, SUCCESS), (Outcome.FAILED, EXCEPTION),
        (Outcome.UNKNOWN_CIRCUIT, EXCEPTION),
    ):  # fmt: skip
        put(tmp_path / "a.eml", outcome.value)
        box.mark(Letter("a.eml"), outcome)
        assert not (tmp_path / "a.eml").exists()
        assert outcome.value in {p.read_text() for p in (tmp_path / where).iterdir()}
    assert sorted(p.name for p in (tmp_path / SUCCESS).iterdir()) == ["a-2.eml", "a.eml"]
    box.mark(Letter("a.eml"), Outcome.PARSED)  # somebody was quicker
    assert places(box) == []


def test_who_was_ended_while_moving_left_one_file_not_two(tmp_path: Path) -> None:
    box = folder(tmp_path)
    moved = put(tmp_path / "a.eml", "one")
    (tmp_path / SUCCESS).mkdir()
    os.link(moved, tmp_path / SUCCESS / "a.eml")  # as it stands between the two steps of a move
    (letter,) = box.new()
    box.mark(letter, Outcome.PARSED)
    assert not moved.exists()
    assert [path.name for path in (tmp_path / SUCCESS).iterdir()] == ["a.eml"]


def test_kept_as_they_are(tmp_path: Path) -> None:
    put(tmp_path / "a.eml")
    box = folder(tmp_path, "keep")
    box.mark(Letter("a.eml"), Outcome.PARSED)
    assert places(box) == ["a.eml"]


def test_a_mail_in_place_of_another_has_another_stamp(tmp_path: Path) -> None:
    box = folder(tmp_path)
    put(tmp_path / "a.eml", "one")
    (one,) = box.new()
    put(tmp_path / "a.eml", "two", OLD + 5)
    (two,) = box.new()
    assert (one.place, one.stamp == two.stamp) == (two.place, False)


def test_what_was_read_anew_is_moved_on_and_no_other_of_its_name(tmp_path: Path) -> None:
    box = folder(tmp_path)
    put(tmp_path / "a.eml", "one")
    (one,) = box.new()
    box.mark(one, Outcome.FAILED)
    put(tmp_path / "a.eml", "two, not read yet", OLD + 5)
    box.mark(one, Outcome.PARSED)
    assert (tmp_path / SUCCESS / "a.eml").read_text() == "one"
    assert not list((tmp_path / EXCEPTION).iterdir())
    box.mark(one, Outcome.PARSED)
    assert places(box) == ["a.eml"]


def test_no_more_than_is_read_of_a_mail(tmp_path: Path) -> None:
    with (tmp_path / "a.eml").open("wb") as file:
        file.truncate(MOST + 5)
    os.utime(tmp_path / "a.eml", (OLD, OLD))
    (letter,) = folder(tmp_path).new()
    assert (letter.size, len(folder(tmp_path).fetch(letter))) == (MOST + 5, MOST)


def test_what_is_wrong_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match=r"^mailbox drop: .*/none cannot be read: No such file or directory$") as it:
        places(folder(tmp_path / "none"))
    assert it.value.lasting
    put(tmp_path / SUCCESS, "a file of that name")
    put(tmp_path / "a.eml")
    with pytest.raises(MailboxError, match=r"a\.eml cannot be moved to MaintParseSuccess"):
        folder(tmp_path).mark(Letter("a.eml"), Outcome.PARSED)
    assert (tmp_path / "a.eml").exists()


# -- a Maildir


def test_a_maildir_has_new_mails_and_those_that_a_person_has_seen(tmp_path: Path) -> None:
    box = maildir(tmp_path)
    put(tmp_path / "new" / "2.host", "two", OLD + 1)
    put(tmp_path / "cur" / "1.host:2,S", "one")
    put(tmp_path / "tmp" / "3.host", "half")
    first, second = box.new()
    assert (first.place, second.place) == ("1.host", "2.host")
    assert (box.fetch(first), box.fetch(second)) == (b"one", b"two")


def test_what_another_program_moved_meanwhile_is_found(tmp_path: Path) -> None:
    box = maildir(tmp_path)
    put(tmp_path / "new" / "1.host", "one")
    (letter,) = box.new()
    (tmp_path / "new" / "1.host").rename(tmp_path / "cur" / "1.host:2,RS")
    assert box.fetch(letter) == b"one"
    box.mark(letter, Outcome.FAILED)
    assert (tmp_path / f".{EXCEPTION}" / "cur" / "1.host:2,RS").read_text() == "one"
    assert (tmp_path / f".{EXCEPTION}" / "maildirfolder").exists()
    assert places(box) == []
    box.mark(letter, Outcome.FAILED)
    with pytest.raises(GoneError):
        box.fetch(letter)


def test_what_was_read_anew_is_moved_on_in_a_maildir(tmp_path: Path) -> None:
    box = maildir(tmp_path)
    put(tmp_path / "new" / "1.host", "one")
    (letter,) = box.new()
    box.mark(letter, Outcome.FAILED)
    box.mark(letter, Outcome.PARSED)
    assert (tmp_path / f".{SUCCESS}" / "new" / "1.host").read_text() == "one"
    assert not list((tmp_path / f".{EXCEPTION}" / "new").iterdir())


def test_no_maildir(tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match="new cannot be read: No such file"):
        places(MaildirMailbox(MailboxSettings("noc", "maildir", tmp_path)))
