"""Settings from flags, environment, `.env`, `noctui.toml` and defaults, in this order of precedence.

`.env` is read beside the config file or where `--env-file` says, never from the folder one happens to stand in. Unknown
keys in noctui.toml and unknown NOCTUI_* names are errors; unknown names in `.env` are ignored and listed.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noctui.model.words import Metric
from noctui.predecessors import UNUSED, unused
from noctui.settings import (
    ITEMS,
    METRIC_WORDS,
    THRESHOLD_NAMES,
    Item,
    Limits,
    OwnKey,
    Settings,
    Thresholds,
    check_limits,
    read_path,
)
from noctui.site_rules import RuleError, line_of, read_rules

SYSTEM_CONFIG = Path("/etc/noctui/noctui.toml")
_OTHER_NAMES = {"NOCTUI_CONFIG"}
_WORD_OF = {metric: word for word, metric in METRIC_WORDS.items()}
TABLES = {"thresholds", "keys", "rules", "alarms", "notify", "roles", "promise", "applies", "mailbox", "provider"}
_LONGEST = 1_000_000
"""Characters of a file of settings; a longer one is another file, given by mistake."""


class ConfigError(Exception):
    """One clear line: where, what is wrong, what to do. What it quotes cannot control a terminal."""

    def __init__(self, text: str) -> None:
        super().__init__("".join(c if c.isprintable() else "·" for c in text))


@dataclass(frozen=True, slots=True)
class Config:
    """The settings, where each value came from, and what was read but not understood."""

    settings: Settings
    source_of: Mapping[str, str]  # field → "flag --host", "environment MIST_HOST", "/…/noctui.toml:3", "default"
    ignored: tuple[str, ...] = ()  # names in .env that mean nothing here
    warnings: tuple[str, ...] = ()
    unused: tuple[tuple[str, str], ...] = ()  # names of predecessors that do nothing here, and why
    beaten: tuple[tuple[str, str], ...] = ()  # names that were set but lost, and to which
    files: tuple[Path, ...] = ()  # noctui.toml and .env: where they are, or would be


def home(kind: str, env: Mapping[str, str]) -> Path:
    """noctui's folder for `config`, `data` or `state`, by the XDG base directory rules."""
    variable, fallback = {
        "config": ("XDG_CONFIG_HOME", ".config"),
        "data": ("XDG_DATA_HOME", ".local/share"),
        "state": ("XDG_STATE_HOME", ".local/state"),
    }[kind]
    base = env.get(variable, "")
    root = Path(base) if base.startswith("/") else Path(env.get("HOME", "~")).expanduser() / fallback
    return root / "noctui"


def load(
    flags: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    config_file: Path | None = None,
    env_file: Path | None = None,
) -> Config:
    """Read all sources. `flags` maps setting fields to the text given on the command line."""
    env = os.environ if env is None else env
    path = config_file or _named(env.get("NOCTUI_CONFIG")) or _first(home("config", env) / "noctui.toml", SYSTEM_CONFIG)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {item.field: "default" for item in ITEMS} | {"thresholds": "default"}
    limits: list[Thresholds] = [Thresholds()]
    dotenv, dotenv_path = _dotenv(env_file, path, env)
    if path is not None:
        _take_toml(path, values, sources, limits, {**dotenv, **env})
    _refuse_unknown_names(dotenv, str(dotenv_path))
    _take_names(dotenv, str(dotenv_path), values, sources, limits)
    _refuse_unknown_names(env, "environment")
    _take_names(env, "environment", values, sources, limits)
    for item in ITEMS:
        text = (flags or {}).get(item.field)
        if text is not None:
            values[item.field] = _read(item, text, f"flag --{item.field.replace('_', '-')}")
            sources[item.field] = f"flag --{item.field.replace('_', '-')}"
    values.setdefault("data", home("data", env))
    settings = replace(Settings(), thresholds=limits[0], **values)
    known = {name for item in ITEMS for name in (*item.names, *item.opposite)} | set(THRESHOLD_NAMES) | set(UNUSED)
    folder = path.parent if path else home("config", env)
    return Config(
        settings,
        sources,
        ignored=tuple(sorted(set(dotenv) - known)),
        warnings=tuple(_loose_modes(dotenv_path, path, settings, sources)),
        unused=unused({**dotenv, **env}),
        beaten=tuple(_beaten(dotenv, str(dotenv_path), sources)) + tuple(_beaten(env, "environment", sources)),
        files=(path or folder / "noctui.toml", dotenv_path or folder / ".env"),
    )


def _beaten(names: Mapping[str, str], where: str, sources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names that say something, while something that counts more says it too."""
    for item in ITEMS:
        for name in (*item.names, *item.opposite):
            if names.get(name) and sources[item.field] != f"{where} {name}":
                yield f"{where} {name}", sources[item.field]


def _named(text: str | None) -> Path | None:
    if not text:
        return None
    try:
        return read_path(text)
    except ValueError as error:
        raise ConfigError(f"environment NOCTUI_CONFIG: {text!r} {error}") from None


def _first(*paths: Path) -> Path | None:
    return next((p for p in paths if p.is_file()), None)


def _read(item: Item, text: str, where: str) -> Any:
    try:
        return item.read(text)
    except ValueError as error:
        shown = "" if item.secret else f" {text!r}"
        raise ConfigError(f"{where}: {item.key}{shown} {error}") from None


def _take_names(
    names: Mapping[str, str], where: str, values: dict[str, Any], sources: dict[str, str], limits: list[Thresholds]
) -> None:
    for item in ITEMS:
        name = next((n for n in (*item.names, *item.opposite) if names.get(n)), None)
        if name:
            said = _read(item, names[name], f"{where} {name}")
            values[item.field] = not said if name in item.opposite else said
            sources[item.field] = f"{where} {name}"
    for name, (metric, i) in THRESHOLD_NAMES.items():
        if names.get(name):
            try:
                now = list(limits[0].default[metric])
                now[i] = float(names[name])
                changed = dict(limits[0].default) | {metric: (now[0], now[1], now[2])}
            except ValueError:
                raise ConfigError(f"{where} {name}: {names[name]!r} must be a number") from None
            limits[0] = replace(limits[0], default=changed)
            sources[f"thresholds.{_WORD_OF[metric]}"] = f"{where} {name}"
    for metric, three in limits[0].default.items():
        try:
            check_limits(three)
        except ValueError as error:
            raise ConfigError(f"{where}: thresholds of {metric.name.lower()} {error}") from None


def _refuse_unknown_names(names: Mapping[str, str], where: str) -> None:
    known = {name for item in ITEMS for name in item.names} | _OTHER_NAMES
    for name in sorted(names):
        if name.startswith("NOCTUI_") and name not in known:
            raise ConfigError(f"{where} {name}: no such setting{_nearest(name, known)}")


def _nearest(word: str, known: set[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _dotenv(env_file: Path | None, config: Path | None, env: Mapping[str, str]) -> tuple[dict[str, str], Path | None]:
    if env_file is not None and not env_file.exists():
        raise ConfigError(f"{env_file}: no such file (--env-file)")
    path = env_file or _first((config.parent if config else home("config", env)) / ".env")
    if path is None:
        return {}, None
    text = _text_of(path)
    from dotenv.parser import parse_stream

    found: dict[str, str] = {}
    for line in parse_stream(io.StringIO(text)):
        if line.error:
            raise ConfigError(f"{path}:{line.original.line}: must be NAME=value, or begin with #")
        if line.key and line.value is not None:
            found[line.key] = line.value
    return found, path


def _text_of(path: Path) -> str:
    """The file's text, without the mark that some editors begin with. A pipe will do as well: `<(pass show mist)`."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_LONGEST + 1)
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: cannot be read: it is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(text) > _LONGEST:
        raise ConfigError(f"{path}: too long for a file of settings")
    return text


def _take_toml(
    path: Path,
    values: dict[str, Any],
    sources: dict[str, str],
    limits: list[Thresholds],
    env: Mapping[str, str],
) -> None:
    text = _text_of(path)
    try:
        tree = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
        raise ConfigError(f"{path}: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: brackets inside brackets without end") from None
    thresholds = tree.pop("thresholds", {})
    rules = tree.pop("rules", {})
    keys = tree.pop("keys", {})
    _take_alarms(tree, path, text, values, sources, env)
    _take_promises(tree, path, text, values, sources)
    _take_mails(tree, path, text, values, sources, env)
    if keys != {}:
        values["keys"] = tuple(_own_keys(keys, path, text))
        sources["keys"] = f"{path}:{_line_of(text, 'keys')}"
    if rules != {}:
        try:
            values["site_rules"] = read_rules(rules)
        except RuleError as error:
            where = f"{path}:{line_of(text, error.kind, error.nth, error.key)}"
            raise ConfigError(f"{where}: {error.text}") from None
    known = {item.key: item for item in ITEMS}
    for key, value in _leaves(tree):
        where = f"{path}:{_line_of(text, key)}"
        item = known.get(key)
        if item is None:
            raise ConfigError(f"{where}: no setting {key}{_nearest(key, set(known) | TABLES)}")
        values[item.field] = _read(item, _as_text(value, where, key), where)
        sources[item.field] = where
    if thresholds != {}:
        sources["thresholds"] = f"{path}:{_line_of(text, 'thresholds')}"
        limits[0] = _thresholds(thresholds, sources["thresholds"])
        for word in METRIC_WORDS:
            if word in thresholds:
                sources[f"thresholds.{word}"] = f"{path}:{_line_of(text, f'thresholds.{word}')}"
            else:
                sources[f"thresholds.{word}"] = "default"


def _take_alarms(
    tree: dict[str, Any], path: Path, text: str, values: dict[str, Any], sources: dict[str, str], env: Mapping[str, str]
) -> None:
    """The tables of alarms, notification and roles; what is secret in them may come from `env`."""
    alarms, notify, roles = tree.pop("alarms", {}), tree.pop("notify", []), tree.pop("roles", {})
    if (alarms, notify, roles) == ({}, [], {}):
        return
    from noctui.alarm_toml import AlarmError, line_of_table, read_alarms, read_roles

    try:
        values["alarms"], values["roles"] = read_alarms(alarms, notify, env), read_roles(roles)
    except AlarmError as error:
        where = f"{path}:{line_of_table(text, error.table, error.nth, error.key)}"
        raise ConfigError(f"{where}: {error.text}") from None
    for name, given in (("alarms", alarms), ("notify", notify), ("roles", roles)):
        if given:
            sources[name] = f"{path}:{line_of_table(text, name, 0, '')}"


def _take_promises(
    tree: dict[str, Any], path: Path, text: str, values: dict[str, Any], sources: dict[str, str]
) -> None:
    """The tables of promises, and of whom they hold for."""
    promises, applies = tree.pop("promise", []), tree.pop("applies", [])
    if (promises, applies) == ([], []):
        return
    from noctui.promise_toml import PromiseError, line_of, read_promises

    try:
        values["promises"] = read_promises(promises, applies)
    except PromiseError as error:
        raise ConfigError(f"{path}:{line_of(text, error)}: {error.text}") from None
    sources["promises"] = str(path)


def _take_mails(
    tree: dict[str, Any], path: Path, text: str, values: dict[str, Any], sources: dict[str, str], env: Mapping[str, str]
) -> None:
    """The tables of mailboxes and of carriers; what is secret in them may come from `env`."""
    mailboxes, providers = tree.pop("mailbox", []), tree.pop("provider", [])
    if (mailboxes, providers) == ([], []):
        return
    from noctui.alarm_toml import line_of_table
    from noctui.mail_toml import MailError, read_mails

    try:
        values["mails"] = read_mails(mailboxes, providers, env)
    except MailError as error:
        raise ConfigError(f"{path}:{line_of_table(text, error.table, error.nth, error.key)}: {error.text}") from None
    sources["mails"] = str(path)


def _own_keys(tree: Any, path: Path, text: str) -> Iterator[OwnKey]:
    """Lines of `[keys]`; whether there are such actions and keys is the screen's to judge."""
    if not isinstance(tree, Mapping):
        raise ConfigError(f'{path}:{_line_of(text, "keys")}: keys must be a table, as in [keys] export = "ctrl+e"')
    for name, value in tree.items():
        where = f"{path}:{_line_of(text, f'keys.{name}')}"
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ConfigError(f'{where}: keys.{name} must be a key or a list of keys, as in "ctrl+e"')
        yield OwnKey(name, tuple(words), where)


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _as_text(value: Any, where: str, key: str) -> str:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ",".join(value)
    if isinstance(value, bool | str | float) or (isinstance(value, int) and abs(value) < 1 << 64):
        return str(value).lower() if isinstance(value, bool) else str(value)
    raise ConfigError(f"{where}: {key} must be a text, a number, true or false")


def _line_of(text: str, key: str) -> int:
    """The line a dotted key stands on: tomllib does not tell, so its last part is looked for below its table."""
    table, _, leaf = key.rpartition(".")
    inside = not table
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([^\]]+)\]", line)
        if header:
            inside = header[1].strip() == table
            if header[1].strip().startswith(key):
                return number
        elif (inside and re.match(rf"\s*{re.escape(leaf)}\s*[=.]", line)) or re.match(
            rf"\s*{re.escape(key)}\s*=", line
        ):
            return number
    return 1


def _thresholds(tree: Mapping[str, Any], where: str) -> Thresholds:
    base = Thresholds()
    tree = _table(tree, "thresholds", where)
    groups: dict[str, dict[str, dict[Metric, Limits]]] = {"region": {}, "store_type": {}}
    default = dict(base.default)
    for key, value in tree.items():
        if key in groups:
            for name, metrics in _table(value, f"thresholds.{key}", where).items():
                three_each = _table(metrics, f"thresholds.{key}.{name}", where)
                groups[key][name] = dict(_limits(k, v, where) for k, v in three_each.items())
        else:
            metric, three = _limits(key, value, where)
            default[metric] = three
    return Thresholds(default, groups["region"], groups["store_type"])


def _table(value: Any, key: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where}: {key} must be a table of thresholds, as in sample_data/noctui.toml")
    return value


def _limits(word: str, value: Any, where: str) -> tuple[Metric, Limits]:
    if word not in METRIC_WORDS:
        raise ConfigError(f"{where}: no threshold {word}{_nearest(word, set(METRIC_WORDS) | {'region', 'store_type'})}")
    try:
        if not isinstance(value, list) or not all(type(v) in (int, float) for v in value):
            raise ValueError
        warn, high, critical = (float(v) for v in value)
        return METRIC_WORDS[word], check_limits((warn, high, critical))
    except (OverflowError, ValueError):
        raise ConfigError(f"{where}: thresholds.{word} must be three rising numbers: [warn, high, critical]") from None


def _loose_modes(
    dotenv: Path | None, toml: Path | None, settings: Settings, sources: Mapping[str, str]
) -> Iterator[str]:
    """The files that tokens and passwords came from, when others may read them."""
    for path, start in ((dotenv, f"{dotenv} "), (toml, f"{toml}:")):
        held = [item.field for item in ITEMS if sources[item.field].startswith(start) and _is_secret(item, settings)]
        if path is not None and held and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            what = "a token" if "tokens" in held else "a secret"
            yield f"{path} holds {what} and can be read by others: chmod 600 {path}"


def _is_secret(item: Item, settings: Settings) -> bool:
    value = getattr(settings, item.field)
    return item.secret and bool(value) and ("://" not in str(value) or "@" in str(value))  # a URL without a login
