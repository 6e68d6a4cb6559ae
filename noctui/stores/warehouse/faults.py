"""Why the warehouse cannot be used: one clear line, without secrets, and what it is a matter of."""

from __future__ import annotations

from typing import Literal

Kind = Literal["usage", "authentication", "network", "missing", "suspended", "data", "busy", "state"]
"""`usage`: settings that can never work. `authentication`: it accepts neither key nor token, or not their role.
`network`: it does not answer. `missing`: database, schema, table or role is not there, or not for us. `suspended`: its
computing rests and may not be woken by us. `data`: it refused a statement, or a file did not arrive whole. `busy`:
another sync of this history runs. `state`: the sync's own file cannot be read or written, or is of another history."""


class WarehouseFault(Exception):  # noqa: N818 - no bug: it is what the line says
    def __init__(self, text: str, kind: Kind) -> None:
        super().__init__(text)
        self.text, self.kind = text, kind
