"""`[[mailbox]]` and `[[provider]]`: where mails are read, and whose an address is; what is wrong is said with its
line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from noctui.commands.config import lines
from noctui.config import ConfigError, load
from noctui.mail_settings import MailboxSettings, MailSettings
from noctui.planned.providers import of_sender, of_settings, with_own


def read(folder: Path, text: str, env: Mapping[str, str] | None = None) -> MailSettings:
    (folder / "noctui.toml").write_text(text)
    return load({}, dict(env or {}), config_file=folder / "noctui.toml").settings.mails


def test_a_folder_needs_its_place_alone(tmp_path: Path) -> None:
    assert read(tmp_path, '[[mailbox]]\nname = "drop"\nkind = "folder"\npath = "/srv/notices"') == MailSettings(
        (MailboxSettings("drop", "folder", Path("/srv/notices")),)
    )


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("t0ken\n")
    file.chmod(0o600)
    text = f"""
[[mailbox]]
name = "noc"
kind = "imap"
url = "imaps://mail.example"
user = "noc"
secret = "${{IMAP_PASSWORD}}"
seconds = "2m"

[[mailbox]]
name = "desk"
kind = "zammad"
url = "https://desk.example"
secret_file = "{file}"
"""
    imap, zammad = read(tmp_path, text, {"IMAP_PASSWORD": "s3cret"}).mailboxes
    assert (imap.secret, imap.seconds, zammad.secret) == ("s3cret", 120.0, "t0ken")
    assert "s3cret" not in repr(imap)


def test_an_access_token_is_had_from_a_file_or_a_command_when_somebody_logs_in(tmp_path: Path) -> None:
    head = HEAD + 'kind = "imap"\nurl = "imaps://mail.example"\nuser = "noc"\nauth = "oauth2"\n'
    (box,) = read(tmp_path, head + 'secret_file = "/run/not/there/yet"').mailboxes
    assert (box.auth, box.secret_file, box.secret) == ("oauth2", Path("/run/not/there/yet"), "")
    (box,) = read(tmp_path, head + 'secret_command = ["oama", "access", "noc@mail.example"]').mailboxes
    assert box.secret_command == ("oama", "access", "noc@mail.example")
    (box,) = read(tmp_path, head + 'secret = "${IMAP_TOKEN}"', {"IMAP_TOKEN": "t0ken"}).mailboxes
    assert box.secret == "t0ken"


def test_a_carrier_of_our_own(tmp_path: Path) -> None:
    mails = read(tmp_path, '[[provider]]\nname = "Acme"\ndomains = ["acme.example"]\norder = "dmy"')
    found = of_sender("noc@mail.acme.example", with_own(of_settings(mails.providers)))
    assert found is not None
    assert (found.name, found.order) == ("Acme", "dmy")


HEAD = '[[mailbox]]\nname = "noc"\n'


@pytest.mark.parametrize(("text", "line", "said"), [
    ('[mailbox]\nname = "noc"', 1, "mailbox must be written with two brackets: [[mailbox]]"),
    ('[[mailbox]]\nkind = "folder"', 1, "mailbox: a mailbox needs a name"),
    (HEAD, 1, "mailbox: a mailbox needs a kind"),
    (HEAD + 'kind = "pop3"', 3, "mailbox.kind must be one of folder, maildir, imap, zammad"),
    (HEAD + 'kind = "folder"', 1, "mailbox.path must say where the folder lies"),
    (HEAD + 'kind = "folder"\npath = "mails"', 4, "mailbox.path must begin with / or ~"),
    (HEAD + 'kind = "folder"\npth = "/x"', 4, "no setting mailbox.pth; did you mean path?"),
    (HEAD + 'kind = "maildir"\npath = "/x"\nafter = "label"', 5, "mailbox.after must be move or keep"),
    (HEAD + 'kind = "folder"\npath = "/x"\nsuccess = "../../etc"', 5, "mailbox.success must be a name of letters"),
    (HEAD + 'kind = "folder"\npath = "/x"\nsuccess = ".."', 5, "mailbox.success must be a name of letters"),
    (HEAD + 'kind = "imap"\nurl = "https://mail"', 4, "mailbox.url must be a URL that begins with imap"),
    (HEAD + 'kind = "imap"\nurl = "imaps://u:hunter2@mail"', 4, "mailbox.url must not hold a user or a password"),
    (HEAD + 'kind = "imap"\nurl = "imaps://mail"\nsecret = "${NOWHERE}"', 5, "mailbox.secret names ${NOWHERE}"),
    (HEAD + 'kind = "imap"\nurl = "imaps://mail"\nsecret_file = "/no/such"', 5, "/no/such cannot be read: No such"),
    (HEAD + 'kind = "imap"\nurl = "imaps://mail"\nauth = "oauth2"\nuser = "noc"', 5, "oauth2 needs an access token"),
    (HEAD + 'kind = "imap"\nurl = "imaps://mail"\nauth = "oauth2"\nsecret = "x"', 5, "oauth2 needs the user"),
    (HEAD + 'kind = "imap"\nurl = "imaps://mail"\nauth = "kerberos"', 5, "must be one of password, oauth2"),
    (HEAD + 'kind = "imap"\nurl = "imaps://mail"\nsecret_command = "pass"', 5, "must be a list of words"),
    (HEAD + 'kind = "imap"\nurl = "imaps://mail"\nsecret = "hunter2"\nsecret_command = ["x"]', 6, "a secret already"),
    (HEAD + 'kind = "zammad"\nurl = "https://desk"\nsecret_command = ["x"]', 5, "is for imap; zammad has none"),
    (HEAD + 'kind = "folder"\npath = "/x"\nseconds = 0', 5, "mailbox.seconds must be from 1 to 86400 seconds"),
    ('[[provider]]\nname = "Acme"\ndomain = "acme.example"', 1, "provider Acme: no key domain"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path / 'noctui.toml'}:{line}: ")
    assert said in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_secret_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("t0ken")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="everybody may read or write"):
        read(tmp_path, HEAD + f'kind = "imap"\nurl = "imaps://mail"\nsecret_file = "{file}"')


def test_what_is_set_is_shown_without_secrets(tmp_path: Path) -> None:
    text = HEAD + 'kind = "imap"\nurl = "imaps://mail.example"\nsecret = "hunter2"\nseconds = 90\n'
    text += '[[provider]]\nname = "Acme"\ndomains = ["acme.example"]\n'
    (tmp_path / "noctui.toml").write_text(text)
    shown = list(lines(load({}, {}, config_file=tmp_path / "noctui.toml")))
    (box,) = [line for line in shown if line.startswith("mailbox.noc")]
    assert "imap, url imaps://mail.example, seconds 90.0, secret set" in box
    token = text.replace('secret = "hunter2"', 'user = "noc"\nauth = "oauth2"\nsecret_command = ["get", "hunter2"]')
    (tmp_path / "noctui.toml").write_text(token)
    again = list(lines(load({}, {}, config_file=tmp_path / "noctui.toml")))
    assert any("auth oauth2" in line and "secret_command set" in line for line in again)
    assert "hunter2" not in "\n".join(again)
    assert any(line.startswith("provider.Acme") and "acme.example" in line for line in shown)
    assert "hunter2" not in "\n".join(shown)
