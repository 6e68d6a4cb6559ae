"""What may be asked over the bus: every method of a Reader, by its name and the types that its signature says.

Nothing is written down per method: arguments and answers are packed by their types, so that a method which the protocol
gains can be asked at once, and one with a type that cannot travel is found by a test.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import numpy as np

from noctui.model import figures, scene, scores, works
from noctui.model.alarms import Alarms
from noctui.model.inventory import Inventory
from noctui.model.scene import Reader
from noctui.model.view import View
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_packing import whole
from noctui.stores.bus.redis_words import AlarmsAre

T = TypeVar("T")

ROWED = frozenset({"above", "figures", "daily", "trend"})
"""Methods whose answers may have a row for each circuit of the View."""
NOW = frozenset({"alarms", "alarm_versions", "audit", "messages", "mails", "mail", "works", "work_versions", "detail"})
"""Methods whose answers to a live Scene change between two polls."""
VIEW, STEP = "view", "step"
"""Asked beside a Reader's: the Scene's View at an instant, and the instant of the poll before or after it."""


class AskError(BusError):
    """It is no question that can be asked here; one line says why."""


class PastIs(msgspec.Struct, frozen=True, tag="past"):
    """A View of the past, slim, with its alarms. `inventory` None: the version whose name was sent along fits it."""

    view: View
    alarms: AlarmsAre
    inventory: Inventory | None = None

    def whole(self, inventory: Inventory) -> View:
        """Raises CorruptError when it does not fit the inventory."""
        return whole(self.view, inventory, Alarms(self.alarms.alarms, self.alarms.held, self.alarms.cleared_at))


class Reply(msgspec.Struct, Generic[T], frozen=True):
    """The answer to the question with this key, or the one line that says why there is none."""

    key: bytes
    error: str = ""
    answer: T | None = None


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """One question of a Scene. `at`, `corrected` and `live` are the Scene's; `rows` names the circuits that the View it
    is asked for has, in their order (`rows_of`; 0: the answer has no such rows)."""

    method: str
    at: float
    corrected: bool
    live: bool
    rows: int
    words: bytes  # its arguments, all of them, in the order of the signature


@dataclass(frozen=True, slots=True)
class Method:
    """How a method is packed: its signature without `self`, the types of its arguments, and that of its answer."""

    name: str
    signature: inspect.Signature
    words: Any
    answer: Any
    reply: Any  # of Reply, with that answer


async def _view(have: str) -> PastIs | None: ...


async def _step(direction: int) -> float | None: ...


@cache
def methods() -> dict[str, Method]:
    """All that may be asked. TypeError for one whose types cannot travel."""
    names = {**vars(figures), **vars(scores), **vars(works), **vars(scene)}  # they import some for the checker alone
    asked = {name: call for name, call in inspect.getmembers(Reader, inspect.isfunction) if not name.startswith("_")}
    found = {name: _method(name, call, names, bound=True) for name, call in asked.items()}
    return found | {
        VIEW: _method(VIEW, _view, globals(), bound=False),
        STEP: _method(STEP, _step, globals(), bound=False),
    }


def _method(name: str, call: Any, names: dict[str, Any], *, bound: bool) -> Method:
    hints = get_type_hints(call, globalns=names)
    signature = inspect.signature(call)
    taken = list(signature.parameters.values())[1 if bound else 0 :]
    words = tuple[tuple(hints[one.name] for one in taken)] if taken else tuple[()]  # type: ignore[misc]
    answer = hints["return"]
    return Method(name, signature.replace(parameters=taken), words, answer, Reply[answer])  # type: ignore[valid-type]


def rows_of(inventory: Inventory) -> int:
    """A name for its circuits in their order; never 0."""
    return zlib.crc32("\0".join(one.circuit_id for one in inventory.circuits).encode()) | 1


def version_of(inventory: Inventory | None) -> str:
    """A name for one version of an inventory, in whatever history; "" for none."""
    if inventory is None:
        return ""
    return f"{inventory.rev}/{inventory.event_time!r}/{inventory.known_at!r}/{rows_of(inventory):08x}"


def words_of(method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """The arguments, packed: the same question gives the same bytes, however it is put. Raises AskError."""
    of = _known(method)
    try:
        given = of.signature.bind(*args, **kwargs)
    except TypeError as error:
        raise AskError(f"{method} is not asked so: {error}") from error
    given.apply_defaults()
    return msgspec.msgpack.encode(tuple(given.arguments.values()))


def arguments_of(ask: Ask) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What to call the method with. Raises AskError."""
    of = _known(ask.method)
    try:
        values = _decoder(ask.method).decode(ask.words)
    except msgspec.MsgspecError as error:
        raise AskError(f"a question for {ask.method} is damaged: {error}") from error
    named = [one for one in of.signature.parameters.values() if one.kind is inspect.Parameter.KEYWORD_ONLY]
    plain = len(values) - len(named)
    return values[:plain], {one.name: value for one, value in zip(named, values[plain:], strict=True)}


@cache
def _decoder(method: str) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(methods()[method].words)


def _known(method: str) -> Method:
    try:
        return methods()[method]
    except KeyError:
        raise AskError("another noctui asks what this one does not know: update") from None


@cache
def schema() -> int:
    """A digest of all that may be asked and answered: names, fields and types. Programs in which it differs do not
    understand each other."""
    seen: set[Any] = set()
    parts = [
        f"{name}({one.signature}):{_told(one.words, seen)}->{_told(one.answer, seen)}"
        for name, one in sorted(methods().items())
    ]
    return zlib.crc32("\n".join(parts).encode())


def _told(type_: Any, seen: set[Any]) -> str:
    """A type in words, those it is made of included, each once."""
    inner = get_args(type_)
    if inner:
        head = get_origin(type_)
        if head is np.ndarray:
            return f"array {get_args(inner[1])[0].__name__}"
        name = "|" if head is types.UnionType else str(getattr(head, "__name__", head))
        return f"{name}[{','.join(_told(one, seen) for one in inner)}]"
    if not isinstance(type_, type):
        return str(type_)
    name = type_.__name__
    if type_ in seen:
        return name
    seen.add(type_)
    if issubclass(type_, enum.Enum):
        return f"{name}({','.join(f'{one.name}={one.value}' for one in type_)})"
    if issubclass(type_, msgspec.Struct) or dataclasses.is_dataclass(type_):
        fields = get_type_hints(type_, globalns={**vars(figures), **vars(scores), **_module(type_)})
        own = [one for one in fields if not one.startswith("_")]
        return f"{name}({','.join(f'{one}:{_told(fields[one], seen)}' for one in own)})"
    return name


def _module(type_: type) -> dict[str, Any]:
    import sys

    return vars(sys.modules[type_.__module__])
