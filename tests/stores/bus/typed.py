"""Values of any type that travels over the bus, made from the type alone."""

from __future__ import annotations

import dataclasses
import enum
import sys
import types
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import hypothesis.strategies as st
import msgspec
import numpy as np

from noctui.model import figures, scene, scores, works
from noctui.model.frames import pack

NAMES = {**vars(figures), **vars(scores), **vars(works), **vars(scene)}
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(),
    bool: st.booleans(),
    str: st.text(max_size=5),
    bytes: st.binary(max_size=5),
    type(None): st.none(),
}
SHAPES = ((0,), (3,), (2, 0), (2, 4, 3))


@cache
def of(type_: Any) -> st.SearchStrategy[Any]:
    """A strategy. TypeError for a type that nothing is known of."""
    if type_ in PLAIN:
        return PLAIN[type_]
    head, inner = get_origin(type_), get_args(type_)
    if head is np.ndarray:
        return _arrays(np.dtype(get_args(inner[1])[0]))
    if head is tuple:
        if inner[1:] == (...,):
            return st.lists(of(inner[0]), max_size=2).map(tuple)
        return st.tuples(*(of(one) for one in inner))
    if head is dict or getattr(head, "__name__", "") == "Mapping":
        return st.dictionaries(of(inner[0]), of(inner[1]), max_size=2)
    if head is types.UnionType or str(head) == "typing.Union":
        return st.one_of(*(of(one) for one in inner))
    if isinstance(type_, type) and issubclass(type_, enum.Enum):
        return st.sampled_from(list(type_))
    if isinstance(type_, type) and (issubclass(type_, msgspec.Struct) or dataclasses.is_dataclass(type_)):
        hints = get_type_hints(type_, globalns={**NAMES, **vars(sys.modules[type_.__module__])})
        own = _fields(type_)
        return st.builds(type_, **{name: of(hint) for name, hint in hints.items() if name in own})
    raise TypeError(f"nothing is known of {type_}")


def _fields(type_: Any) -> set[str]:
    if issubclass(type_, msgspec.Struct):
        return set(type_.__struct_fields__)
    return {one.name for one in dataclasses.fields(type_)}


def _arrays(kind: np.dtype[Any]) -> st.SearchStrategy[Any]:
    def made(shape: tuple[int, ...], seed: int) -> Any:
        count = int(np.prod(shape)) * kind.itemsize
        raw = np.random.default_rng(seed).integers(0, 2 if kind.kind == "b" else 256, count, np.uint8)
        return raw.view(kind).reshape(shape)

    return st.builds(made, st.sampled_from(SHAPES), st.integers(0, 1000))


def bits(thing: Any) -> bytes:
    """All that a value holds, NaN for NaN: two values are the same when these are."""
    return b"".join(pack(thing))
