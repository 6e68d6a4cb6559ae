"""The files of mistapi that hold endpoint functions, loaded alone.

Importing mistapi itself costs 400 ms and 27 MB (requests, hvac, keyring), its endpoint modules 5 ms: they only build a
path and a query and hand them to the session. So their files are loaded under names of our own, while the two names
they import for annotations are stood in for; mistapi is not left half-imported for anybody else.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from noctui.sources.mist.session import Answer

GATEWAY = "gateway"  # Mist's own default is `ap`


class Session(Protocol):
    """What the endpoint functions need."""

    async def mist_get(self, uri: str, query: dict[str, str] | None = None) -> Answer: ...


class Writing(Protocol):
    """What those need that change something in Mist."""

    async def mist_post(self, uri: str, body: object = None) -> Answer: ...


@contextmanager
def _stand_ins() -> Iterator[None]:
    names = {"mistapi": "APISession", "mistapi.__api_response": "APIResponse"}
    before = {name: sys.modules.get(name) for name in names}
    try:
        for name, attribute in names.items():
            module = ModuleType(name)
            setattr(module, attribute, object)
            sys.modules[name] = module
        yield
    finally:
        for name, module_before in before.items():
            if module_before is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_before


def endpoints(*names: str) -> list[Any]:
    spec = importlib.util.find_spec("mistapi")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("mistapi is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "api" / "v1"
    modules: list[Any] = []
    with _stand_ins():
        for name in names:
            path = folder.joinpath(*name.split(".")).with_suffix(".py")
            found = importlib.util.spec_from_file_location(f"{__name__}.{name.replace('.', '_')}", path)
            if found is None or found.loader is None:
                raise ImportError(f"mistapi has no {name}")
            module = importlib.util.module_from_spec(found)
            found.loader.exec_module(module)
            modules.append(module)
    return modules


async def answer_of(call: Any) -> Answer:
    """What our session gave the endpoint function to return: a coroutine, where mistapi thinks of a response."""
    answer: Answer = await call
    return answer
