"""What Snowflake and its connector say when something does not work, as one line of ours and its kind.

The two lines of the connector raise other classes with other numbers of their own; what the server itself said comes
through both with its code. So those are looked at first, then SQL states, then what the connector calls its errors.
"""

from __future__ import annotations

import re

from noctui.stores.warehouse.faults import Kind, WarehouseFault
from noctui.stores.warehouse.login import Login

_SHOWN = 240
_NUMBERS = re.compile(r"^(?:\d{6}(?: \([0-9A-Zn/]+\))?:\s*(?:[0-9a-f-]{30,}:\s*)?)+")
_ASIDES = re.compile(r" \(request_id=[^)]*\)|, code: \d{6}$")
_BEGINS = re.compile(
    r"^(?:Failed to login: |Login error: "
    r"|Failed to connect to DB(?:\. Verify the account name is correct)?: \S+?\.?\s+)+"
)
_ROLE = re.compile(r"\brole\b.*(?:does not exist|not authorized|not granted)", re.I | re.S)
_THING = re.compile(r"does not exist|not authorized|cannot be found|insufficient privileges", re.I)
_RESTS = re.compile(r"no active warehouse|suspended|cannot be resumed|resource monitor|exceeded.*quota", re.I | re.S)
_ACCOUNT = re.compile(r"\b(?:HTTP )?(?:403|404)\b.*", re.I)
_NETWORK_STATES = ("08001", "08003", "08004", "08006", "HYT00", "HYT01")
_NETWORK_CLASSES = ("OperationalError", "InternalServerError", "ServiceUnavailableError", "GatewayTimeoutError",
                    "BadGatewayError", "RequestTimeoutError", "TooManyRequests", "OtherHTTPRetryableError", "HttpError",
                    "InterfaceError", "RequestExceedMaxRetryError", "RevocationCheckError")  # fmt: skip


def explained(error: BaseException, login: Login, at_login: bool = False) -> WarehouseFault:
    """The fault that this error of the connector is. No secret of the login is in it."""
    if isinstance(error, WarehouseFault):
        return error
    said = plain(str(getattr(error, "msg", "") or error), login)
    kind = _kind(error, said, at_login)
    return WarehouseFault(_text(kind, said, login, at_login), kind)


def plain(text: str, login: Login) -> str:
    """What was said, without numbers, places and secrets, on one line."""
    for secret in login.secrets:
        text = text.replace(secret, "…")
    text = _NUMBERS.sub("", _ASIDES.sub("", text.strip()))
    text = _NUMBERS.sub("", _BEGINS.sub("", text))
    text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _kind(error: BaseException, said: str, at_login: bool) -> Kind:
    code, state = getattr(error, "errno", None) or -1, str(getattr(error, "sqlstate", "") or "")
    if at_login and _ROLE.search(said):
        return "missing"
    if 390_000 <= code < 396_000 or state == "28000":
        return "authentication"
    if state == "57P03" or code in (606, 90_064, 90_073) or _RESTS.search(said):
        return "suspended"
    if at_login and _ACCOUNT.search(said):
        return "missing"
    if code in (2003, 2043, 3001, 90_105, 90_106) or (0 < code < 200_000 and _THING.search(said)):
        return "missing"
    names = {kind.__name__ for kind in type(error).__mro__}
    if (
        state in _NETWORK_STATES
        or names.intersection(_NETWORK_CLASSES)
        or isinstance(error, OSError)
        or type(error).__module__.partition(".")[0] in ("requests", "urllib3")
        or "ForbiddenError" in names
        or (at_login and "DatabaseError" in names and "ProgrammingError" not in names)
    ):
        return "network"
    return "data"


def _text(kind: Kind, said: str, login: Login, at_login: bool) -> str:
    who = f"user {login.user}" if login.user else "this machine"
    if kind == "authentication":
        return f"Snowflake at {login.place} refuses {who}: {said}{_advice(said)}"
    if kind == "network":
        why = "" if re.search(r"Could not connect to Snowflake backend|timed out after", said) else f": {said}"
        return f"Snowflake at {login.place} does not answer{why}"
    if kind == "suspended":
        return (
            f"Snowflake's warehouse {login.warehouse or '(none)'} rests, and {login.role or 'this role'} may not wake"
            f" it: {said}; AUTO_RESUME = TRUE, and GRANT USAGE on it"
        )
    if kind == "missing" and at_login and _ROLE.search(said):
        return f"Snowflake: role {login.role} is not there, or not granted to {who}: GRANT ROLE {login.role} TO USER …"
    if kind == "missing" and at_login:
        return f"Snowflake knows no account {login.account} ({said}): check SNOWFLAKE_ACCOUNT"
    if kind == "missing":
        return f"Snowflake: not there, or not for {login.role or 'this role'}: {said}; see noctui warehouse init"
    return f"Snowflake: {said}"


def _advice(said: str) -> str:
    if "JWT" in said:
        return "; is its public key set (ALTER USER … SET RSA_PUBLIC_KEY), and this machine's clock right?"
    if "token" in said.lower() and ("expired" in said.lower() or "invalid" in said.lower()):
        return "; make a new token"
    return ""
