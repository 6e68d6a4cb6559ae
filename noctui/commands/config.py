"""`noctui config show`: every setting with its value and where that came from; secrets are masked."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noctui.config import Config, ConfigError, load
from noctui.mail_settings import MailboxSettings
from noctui.settings import ITEMS, METRIC_WORDS, Item, Settings

if TYPE_CHECKING:
    from noctui.model.sla import Promise

OK, FAILED, USAGE = 0, 1, 2


def main(words: Sequence[str]) -> int:
    """Run `noctui config` with the words after it. Exit codes: 0 ok, 2 the settings cannot be used."""
    parser = argparse.ArgumentParser(prog="noctui config", description="What noctui is told, and by whom.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    show = kinds.add_parser("show", help="every setting, its value, where it came from")
    show.add_argument("--config", type=Path, metavar="FILE", help="noctui.toml to read")
    show.add_argument("--env-file", type=Path, metavar="FILE", help=".env to read")
    show.add_argument("--json", action="store_true", help="as JSON")
    args = parser.parse_args(list(words))
    try:
        config = load(config_file=args.config, env_file=args.env_file)
    except ConfigError as error:
        print(f"noctui: {error}", file=sys.stderr)
        return USAGE
    try:
        print(json.dumps(as_json(config), indent=2) if args.json else "\n".join(lines(config)), flush=True)
    except UnicodeEncodeError:  # a terminal that has no … has ASCII
        print("\n".join(lines(config)).encode("ascii", "replace").decode(), flush=True)
    except BrokenPipeError:
        return FAILED
    return OK


def shown(item: Item, settings: Settings) -> str:
    """The value as somebody may see it over a shoulder."""
    value: Any = getattr(settings, item.field)
    if item.field == "tokens":
        return ", ".join(f"…{token[-4:]}" if len(token) >= 12 else "…" for token in value) or "–"
    if item.field in ("bus", "bus_password"):
        return _bus_shown(item.field, value)
    if item.secret and item.field.startswith("warehouse_"):
        return "…" if value else "–"
    if item.secret:
        return re.sub(r"//[^/@]*@", "//…@", value) or "–"
    if value is None or value == "":
        return "–"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _bus_shown(field: str, value: str) -> str:
    """Where the bus is; whether there is a password, and no more."""
    if not value or field == "bus_password":
        return "…" if value else "–"
    from noctui.stores.bus.redis_address import parse_url

    address = parse_url(value)
    scheme, _, place = address.text.partition("://")
    return f"{scheme}://{'…@' if address.user or address.password else ''}{place}"


def lines(config: Config) -> Iterator[str]:
    """The report, a line at a time; control characters never reach the terminal."""
    rows = _rows(config)
    widths = [max(len(_plain(row[i])) for row in rows) for i in (0, 1)]
    for key, value, source in rows:
        yield f"{_plain(key):<{widths[0]}}  {_plain(value):<{min(widths[1], 44)}}  {_plain(source)}".rstrip()
    yield ""
    for path in config.files:
        yield _plain(f"{path}: {'read' if path.exists() else 'not there'}")
    for name, winner in config.beaten:
        yield _plain(f"{name} is set too; {winner} wins")
    for name, why in config.unused:
        yield _plain(f"{name} does nothing here: {why}")
    for name in config.ignored:
        yield _plain(f"{name} in .env means nothing to noctui")
    for warning in [*config.warnings, *_left_out(config)]:
        yield _plain(f"warning: {warning}")


def as_json(config: Config) -> dict[str, Any]:
    """The same for a program."""
    return {
        "settings": {key: {"value": value, "source": source} for key, value, source in _rows(config)},
        "files": {str(path): path.exists() for path in config.files},
        "beaten": dict(config.beaten),
        "unused": dict(config.unused),
        "ignored": list(config.ignored),
        "warnings": [*config.warnings, *_left_out(config)],
    }


def _left_out(config: Config) -> list[str]:
    """Lines of `[keys]` that the screen will leave out."""
    if not config.settings.keys:
        return []
    from noctui.tui.keymap import read_keymap

    return read_keymap(config.settings.keys)[1]


def _rows(config: Config) -> list[tuple[str, str, str]]:
    plain = [(item.key, shown(item, config.settings), config.source_of[item.field]) for item in ITEMS]
    keys = [(f"keys.{own.name}", ", ".join(own.keys), own.where) for own in config.settings.keys]
    return [*plain, *_threshold_rows(config), *keys, *_alarm_rows(config), *_promise_rows(config), *_mail_rows(config)]


def _alarm_rows(config: Config) -> Iterator[tuple[str, str, str]]:
    """`[alarms]` and `[roles]`, and of each `[[notify]]` its words: a URL holds secrets."""
    from dataclasses import fields

    from noctui.commands.notify import in_words

    said = config.source_of
    for name, table in (("alarms", config.settings.alarms), ("roles", config.settings.roles)):
        for one in fields(table):
            value = getattr(table, one.name)
            if one.name == "notify":
                for rule in value:
                    yield "notify", in_words(rule), said.get("notify", "default")
            elif one.name == "damping":
                parts = [f"{part.name} {getattr(value, part.name):g}" for part in fields(value)]
                yield "alarms.damping", ", ".join(parts), said.get(name, "default")
            else:
                yield f"{name}.{one.name}", _in_words(value), said.get(name, "default")


def _promise_rows(config: Config) -> Iterator[tuple[str, str, str]]:
    """Each `[[promise]]` and `[[applies]]`, what differs from the defaults alone."""
    from dataclasses import asdict

    source = config.source_of.get("promises", "default")
    for name, promise in config.settings.promises.promises.items():
        yield f"promise.{name}", promise_in_words(promise), source
    for row in config.settings.promises.applies:
        said = {key: value for key, value in asdict(row).items() if value and key != "promise"}
        yield "applies", f"{row.promise}: " + ", ".join(f"{key} {value}" for key, value in said.items()), source


_UNSHOWN = frozenset(("name", "kind", "secret", "secret_command"))
"""Of a mailbox: said elsewhere, or secret."""


def _mail_rows(config: Config) -> Iterator[tuple[str, str, str]]:
    """Each `[[mailbox]]` without its secret, and each `[[provider]]`."""
    from dataclasses import asdict

    source = config.source_of.get("mails", "default")
    for box in config.settings.mails.mailboxes:
        said = {key: value for key, value in asdict(box).items() if key not in _UNSHOWN}
        usual = asdict(MailboxSettings(box.name, box.kind))
        words = [f"{key} {value}" for key, value in said.items() if value != usual[key]]
        if box.secret or box.secret_command:
            words.append("secret set" if box.secret else "secret_command set")
        yield f"mailbox.{box.name}", ", ".join([box.kind, *words]), source
    for row in config.settings.mails.providers:
        said = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items() if key != "name"}
        yield f"provider.{row.get('name')}", ", ".join(f"{key} {_in_words(v)}" for key, v in said.items()), source


def promise_in_words(promise: Promise) -> str:
    """`99.9 % of calendarMonthFromFirst, notice 864000, hours 00:00-06:00`"""
    from noctui.model.sla import Promise as Usual

    usual = Usual(name=promise.name, uptime=promise.uptime)
    words = [f"{promise.uptime} % of {promise.interval}"]
    for key in promise.__struct_fields__:
        value = getattr(promise, key)
        if key == "interval" or value == getattr(usual, key):
            continue
        if key == "credits":
            words.append(f"credits by {value.kind}, {len(value.bands)} bands, at most {value.cap} %")
        elif key == "claim":
            words.append(f"claim within {value.days} {'business ' if value.business else ''}days")
        elif key == "hours":
            told = (f"{h.start // 60:02}:{h.start % 60:02}-{h.end // 60:02}:{h.end % 60:02}" for h in value)
            words.append(f"hours {' '.join(told)}")
        else:
            words.append(f"{key} {'none' if value is None else _in_words(value)}")
    return ", ".join(words)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ", ".join(f"{k} {_in_words(v)}" for k, v in value.items()) or "–"
    if isinstance(value, tuple):
        return ", ".join(value) or "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _threshold_rows(config: Config) -> Iterator[tuple[str, str, str]]:
    limits, source = config.settings.thresholds, config.source_of["thresholds"]
    tables = [("thresholds", limits.default)]
    tables += [(f"thresholds.region.{name}", table) for name, table in limits.by_region.items()]
    tables += [(f"thresholds.store_type.{name}", table) for name, table in limits.by_store_type.items()]
    for prefix, table in tables:
        for word, metric in METRIC_WORDS.items():
            if metric in table:
                key = f"{prefix}.{word}"
                yield key, " / ".join(f"{v:g}" for v in table[metric]), config.source_of.get(key, source)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)
