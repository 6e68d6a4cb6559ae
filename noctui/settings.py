"""What can be set: one typed table with names, ranges, defaults and the names that other tools used before."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from noctui import warehouse_words as snow
from noctui.alarm_settings import AlarmSettings, Roles
from noctui.mail_settings import MailSettings
from noctui.model.words import THRESHOLDS, Metric
from noctui.promise_settings import PromiseSettings
from noctui.site_rules import SiteRules

Limits = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Warn, high and critical per metric; a store type's override wins over a region's, a region's over the default."""

    default: Mapping[Metric, Limits] = field(default_factory=lambda: dict(THRESHOLDS))
    by_region: Mapping[str, Mapping[Metric, Limits]] = field(default_factory=dict)
    by_store_type: Mapping[str, Mapping[Metric, Limits]] = field(default_factory=dict)

    def at(self, store_type: str, region: str) -> dict[Metric, Limits]:
        """The limits that hold for a circuit of this store type in this region."""
        merged = dict(self.default)
        merged.update(self.by_region.get(region, {}))
        merged.update(self.by_store_type.get(store_type, {}))
        return merged


class OwnKey(NamedTuple):
    """A line of `[keys]`: an action's name, the keys as they are written there, and where (file and line)."""

    name: str
    keys: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults. Where each value came from is in `Config.source_of`."""

    tokens: tuple[str, ...] = field(default=(), repr=False)
    org_id: str = ""
    host: str = "api.mist.com"
    proxy: str = field(default="", repr=False)
    insecure_host: bool = False
    concurrency: int = 5
    page_limit: int = 1000
    timeout: float = 30.0
    enrich: bool = True
    stream: bool = False
    inventory_file: Path | None = None
    poll_seconds: float = 60.0
    data: Path = Path()
    raw_days: int = 40
    path_days: int = 7
    zone: str = "UTC"
    theme: str = "auto"
    ascii: bool = False
    layout: str = "noc"
    exports: Path = Path("exports")
    wall_pages: tuple[str, ...] = ("overview", "incidents", "maintenance", "alarms")
    wall_seconds: float = 20.0
    wall_hold: float = 120.0
    wall_idle: float = 120.0
    bus: str = field(default="", repr=False)
    bus_host: str = ""
    bus_port: int = 6379
    bus_password: str = field(default="", repr=False)
    bus_enabled: bool = True
    bus_keep_seconds: float = 7200.0
    lease_seconds: float = 6.0
    lead_alone: bool = False
    bus_share: bool = False
    bus_brief: bool = False  # it ends with the demo that started it: nobody sets it
    warehouse_account: str = ""
    warehouse_user: str = ""
    warehouse_role: str = ""
    warehouse_warehouse: str = "NOCTUI_WH"
    warehouse_database: str = "WAN_PERFORMANCE"
    warehouse_schema: str = "RETAIL_WAN"
    warehouse_authenticator: str = ""
    warehouse_key_file: Path | None = None
    warehouse_key_passphrase: str = field(default="", repr=False)
    warehouse_token_file: Path | None = None
    warehouse_token: str = field(default="", repr=False)
    warehouse_token_days: float = 15.0
    warehouse_password: str = field(default="", repr=False)
    warehouse_identity_provider: str = ""
    warehouse_host: str = ""
    warehouse_port: int = 443
    warehouse_protocol: str = "https"
    warehouse_timeout: float = 60.0
    warehouse_read_through: bool = True
    log_level: str = "INFO"
    log_file: Path | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    site_rules: SiteRules = field(default_factory=SiteRules)
    keys: tuple[OwnKey, ...] = ()
    alarms: AlarmSettings = field(default_factory=AlarmSettings)
    roles: Roles = field(default_factory=Roles)
    promises: PromiseSettings = field(default_factory=PromiseSettings)
    mails: MailSettings = field(default_factory=MailSettings)

    @property
    def has_bus(self) -> bool:
        """A bus between hosts is named."""
        return self.bus_enabled and bool(self.bus or self.bus_host)


@dataclass(frozen=True, slots=True)
class Item:
    """One setting: its field, its key in noctui.toml, its environment names (best first) and how to read it."""

    field: str
    key: str
    names: tuple[str, ...]
    read: Callable[[str], Any]
    help: str = ""
    secret: bool = False
    live: bool = False  # may change while noctui runs
    opposite: tuple[str, ...] = ()  # names that say the contrary


_ORG = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


def _tokens(text: str) -> tuple[str, ...]:
    tokens = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(token.isascii() and token.isprintable() and " " not in token for token in tokens):
        raise ValueError("hold a character that no token has: a blank, a line's end, a letter with an accent")
    return tokens


def _org(text: str) -> str:
    if text.strip() and not _ORG.fullmatch(text.strip()):
        raise ValueError("is no org id: letters, digits and - alone")
    return text.strip()


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("must be true or false")


def _host(text: str) -> str:
    name = text.strip().rstrip("/")
    if not name or any(c.isspace() or not c.isprintable() for c in name):
        raise ValueError("must be a host's name, such as api.eu.mist.com")
    return name


def _proxy(text: str) -> str:
    url = text.strip()
    if url and "://" not in url:
        url = f"http://{url}"
    if url and not re.fullmatch(r"https?://[^\s/]+/?", url):
        raise ValueError("must be a URL such as http://proxy.example:3128")
    return url


def _bus(text: str) -> str:
    """The URL of the bus, whole; what is said of a wrong one never quotes it."""
    url = text.strip()
    if url:
        from noctui.stores.bus.redis_address import AddressError, parse_url

        try:
            parse_url(url, "")
        except AddressError as error:
            raise ValueError(str(error).lstrip(": ")) from None
    return url


def _bus_host(text: str) -> str:
    name = text.strip()
    if name and not re.fullmatch(r"[A-Za-z0-9._:%-]+", name):
        raise ValueError("is no host name; a URL belongs in REDIS_URL")
    return name


def _bus_port(text: str) -> int:
    """A number; also `tcp://10.0.0.1:6379`, as Kubernetes sets it for a service of that name."""
    found = re.fullmatch(r"\s*(?:tcp://\S*:)?(\d{1,5})\s*", text)
    if found is None or not 0 < int(found[1]) < 65_536:
        raise ValueError("must be a number from 1 to 65535")
    return int(found[1])


def _level(text: str) -> str:
    """The four levels, and the words that other programs use for them."""
    word = text.strip().upper()
    word = {"WARN": "WARNING", "CRITICAL": "ERROR", "FATAL": "ERROR"}.get(word, word)
    if word not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be one of DEBUG, INFO, WARNING, ERROR")
    return word


def _zone(text: str) -> str:
    """The name of a zone that this machine, or the package tzdata, knows."""
    from zoneinfo import ZoneInfo  # not needed before the first paint unless one is named

    name = text.strip()
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):  # no name, one with dots or blanks, a folder, none that is known
        raise ValueError("is no time zone: give a name such as UTC or Europe/Berlin") from None


LAYOUTS = ("noc", "engineering", "executive")


def _layout(text: str) -> str:
    word = text.strip().lower()
    if word not in LAYOUTS:
        raise ValueError(f"must be one of {', '.join(LAYOUTS)}")
    return word


def _pages(text: str) -> tuple[str, ...]:
    """Words of pages, comma separated; which of them there are is known once the network is."""
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


def _number(low: float, high: float, whole: bool = False) -> Callable[[str], float | int]:
    def read(text: str) -> float | int:
        try:
            value: float | int = int(text) if whole else float(text)
        except ValueError:
            raise ValueError(f"must be a {'whole ' if whole else ''}number") from None
        if not low <= value <= high:
            raise ValueError(f"must be from {low:g} to {high:g}")
        return value

    return read


def read_path(text: str) -> Path:
    """A path from a text, `~` meaning home; ValueError when it names nothing."""
    if not text.strip() or "\0" in text:
        raise ValueError("must name a file or folder")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("names the home of somebody who has none here") from None


ITEMS: tuple[Item, ...] = (
    Item("tokens", "mist.tokens", ("MIST_API_TOKEN", "MIST_APITOKEN"), _tokens, "API tokens, comma separated", True),
    Item("org_id", "mist.org_id", ("MIST_ORG_ID",), _org, "the org to watch; else found by the token"),
    Item("host", "mist.host", ("MIST_API_HOST", "MIST_HOST"), _host, "the Mist cloud's API host"),
    Item("proxy", "mist.proxy", ("NOCTUI_PROXY", "HTTPS_PROXY"), _proxy, "an HTTP proxy on the way to Mist", True),
    Item("insecure_host", "mist.insecure_host", ("NOCTUI_INSECURE_HOST",), _flag, "allow a host Mist does not own"),
    Item("concurrency", "mist.concurrency", ("NOCTUI_CONCURRENCY", "PARALLEL_WORKERS"), _number(1, 64, True),
         "requests at a time"),
    Item("page_limit", "mist.page_limit", ("NOCTUI_PAGE_LIMIT", "PAGE_LIMIT"), _number(1, 1000, True), "rows a page"),
    Item("timeout", "mist.timeout", ("NOCTUI_TIMEOUT",), _number(1, 300), "seconds a request may take"),
    Item("enrich", "mist.enrich", ("NOCTUI_ENRICH",), _flag, "ask each site once for settings of its own",
         opposite=("SKIP_ENRICHMENT",)),
    Item("stream", "mist.stream", ("NOCTUI_STREAM",), _flag, "a live stream for the site on screen"),
    Item("inventory_file", "inventory.file", ("NOCTUI_INVENTORY",), read_path, "a CSV of what only you know",
         live=True),
    Item("poll_seconds", "collect.poll_seconds", ("NOCTUI_POLL_SECONDS", "WORKER_INTERVAL"), _number(1, 3600),
         "seconds between polls", live=True),
    Item("data", "data.folder", ("NOCTUI_DATA",), read_path, "where history is kept"),
    Item("raw_days", "data.raw_days", ("NOCTUI_RAW_DAYS",), _number(1, 400, True), "days that samples are kept"),
    Item("path_days", "data.path_days", ("NOCTUI_PATH_DAYS",), _number(1, 400, True), "days that peer paths are kept"),
    Item("zone", "calendar.zone", ("NOCTUI_ZONE",), _zone, "whose days, weeks and months are counted"),
    Item("theme", "screen.theme", ("NOCTUI_THEME",), str.strip, "auto, dark, light, contrast, ansi or one of your own"),
    Item("ascii", "screen.ascii", ("NOCTUI_ASCII",), _flag, "draw with ASCII alone"),
    Item("layout", "screen.layout", ("NOCTUI_LAYOUT",), _layout, "of screen 1: noc, engineering or executive"),
    Item("exports", "screen.exports", ("NOCTUI_EXPORTS",), read_path, "where e puts its files", live=True),
    Item("wall_pages", "wall.pages", ("NOCTUI_WALL_PAGES",), _pages,
         "the wall's pages: overview, incidents, maintenance, alarms, region NAME …"),
    Item("wall_seconds", "wall.seconds", ("NOCTUI_WALL_SECONDS",), _number(2, 3600),
         "seconds a page of the wall stays"),
    Item("wall_hold", "wall.hold_seconds", ("NOCTUI_WALL_HOLD_SECONDS",), _number(2, 3600),
         "seconds it stays when something became critical or down"),
    Item("wall_idle", "wall.idle_seconds", ("NOCTUI_WALL_IDLE_SECONDS",), _number(5, 86400),
         "seconds without a key until pages turn again"),
    Item("bus", "bus.url", ("REDIS_URL",), _bus, "the bus between hosts: redis://HOST:PORT/0, rediss:// …", True),
    Item("bus_host", "bus.host", ("REDIS_HOST",), _bus_host, "the same, without a URL"),
    Item("bus_port", "bus.port", ("REDIS_PORT",), _bus_port, "of bus.host"),
    Item("bus_password", "bus.password", ("REDIS_PASSWORD",), str.strip, "where the URL has none", True),
    Item("bus_enabled", "bus.enabled", ("NOCTUI_BUS", "REDIS_ENABLED"), _flag, "false: no bus, whatever else is set"),
    Item("bus_keep_seconds", "bus.keep_seconds", ("NOCTUI_BUS_KEEP_SECONDS",), _number(60, 93_600),
         "seconds of polls that stay on the bus"),
    Item("lease_seconds", "bus.lease_seconds", ("NOCTUI_LEASE_SECONDS",), _number(1, 60),
         "a leader not heard for so long is replaced"),
    Item("lead_alone", "bus.lead_alone", ("NOCTUI_LEAD_ALONE",), _flag, "collect although the bus cannot be reached"),
    Item("bus_share", "bus.share", ("NOCTUI_SHARE",), _flag,
         "collect --watch that waits fetches a share of the leader's sweeps"),
    Item("warehouse_account", "warehouse.account", ("SNOWFLAKE_ACCOUNT", "SNF_ACCOUNT"), snow.account,
         "the Snowflake account, such as myorg-account1; none: no warehouse"),
    Item("warehouse_user", "warehouse.user", ("SNOWFLAKE_USER", "SNF_USER"), str.strip, "a user of TYPE=SERVICE"),
    Item("warehouse_role", "warehouse.role", ("SNOWFLAKE_ROLE", "SNF_ROLE"), snow.name, "else the user's default role"),
    Item("warehouse_warehouse", "warehouse.warehouse", ("SNOWFLAKE_WAREHOUSE", "SNF_WAREHOUSE"), snow.name,
         "that computes: its own, X-Small, AUTO_SUSPEND=60"),
    Item("warehouse_database", "warehouse.database", ("SNOWFLAKE_DATABASE", "SNF_DATABASE"), snow.name, "of tables"),
    Item("warehouse_schema", "warehouse.schema", ("SNOWFLAKE_SCHEMA", "SNF_SCHEMA"), snow.name, "in that database"),
    Item("warehouse_authenticator", "warehouse.authenticator", ("SNOWFLAKE_AUTHENTICATOR",), snow.authenticator,
         "snowflake_jwt, oauth, programmatic_access_token, workload_identity; else by what is given"),
    Item("warehouse_key_file", "warehouse.key_file", ("SNOWFLAKE_PRIVATE_KEY_FILE", "SNOWFLAKE_PRIVATE_KEY_PATH"),
         read_path, "the private key (PEM, PKCS#8), mode 600"),
    Item("warehouse_key_passphrase", "warehouse.key_passphrase",
         ("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "PRIVATE_KEY_PASSPHRASE"), str,
         "of that key; else the systemd credential snowflake_passphrase", True),
    Item("warehouse_token_file", "warehouse.token_file", ("SNOWFLAKE_TOKEN_FILE", "SNOWFLAKE_TOKEN_FILE_PATH"),
         read_path, "an OAuth or programmatic access token, mode 600; read anew at every login"),
    Item("warehouse_token", "warehouse.token", ("SNOWFLAKE_TOKEN",), str.strip, "the token itself", True),
    Item("warehouse_token_days", "warehouse.token_days", ("NOCTUI_WAREHOUSE_TOKEN_DAYS",), _number(1, 366),
         "days a programmatic access token lives: a warning before it ends"),
    Item("warehouse_password", "warehouse.password", ("SNOWFLAKE_PASSWORD", "SNF_PASSWORD"), str,
         "taken by a server on this machine alone; Snowflake takes none from programs", True),
    Item("warehouse_identity_provider", "warehouse.identity_provider", ("SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER",),
         snow.identity_provider, "of workload_identity: AWS, AZURE, GCP or OIDC"),
    Item("warehouse_host", "warehouse.host", ("SNOWFLAKE_HOST",), snow.host, "else ACCOUNT.snowflakecomputing.com"),
    Item("warehouse_port", "warehouse.port", ("SNOWFLAKE_PORT",), _bus_port, "of that host"),
    Item("warehouse_protocol", "warehouse.protocol", ("SNOWFLAKE_PROTOCOL",), snow.protocol, "http here alone"),
    Item("warehouse_timeout", "warehouse.timeout", ("NOCTUI_WAREHOUSE_TIMEOUT",), _number(1, 3600),
         "seconds until a login, or an answer, is given up"),
    Item("warehouse_read_through", "warehouse.read_through", ("NOCTUI_WAREHOUSE_READ_THROUGH",), _flag,
         "read from there what is older than history here"),
    Item("log_level", "log.level", ("NOCTUI_LOG_LEVEL", "LOG_LEVEL"), _level, "how much is logged", live=True),
    Item("log_file", "log.file", ("NOCTUI_LOG_FILE", "LOG_FILE"), read_path, "where; else in the data folder"),
)  # fmt: skip

METRIC_WORDS = {
    "utilisation": Metric.UTILISATION,
    "loss": Metric.LOSS,
    "jitter": Metric.JITTER,
    "latency": Metric.LATENCY,
}

THRESHOLD_NAMES = {
    f"{prefix}_THRESHOLD_{level}": (metric, i)
    for prefix, metric in zip(("UTIL", "LOSS", "JITTER", "LATENCY"), Metric, strict=True)
    for i, level in enumerate(("WARN", "HIGH", "CRITICAL"))
}
"""The twelve environment names of thresholds → (metric, which of the three)."""


def check_limits(limits: Limits) -> Limits:
    """Three rising numbers above 0, or ValueError."""
    if not 0 < limits[0] <= limits[1] <= limits[2] < math.inf:
        raise ValueError("must be three rising numbers above 0: warn, high, critical")
    return limits
