"""What one version of the file says, line by line, and what of it could not be understood."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.words import Role


class FileError(Exception):
    """The file as a whole cannot be used: one clear line, what and where and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was not understood, or a cell of it; the rest counts."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line. "" , None and 0 say nothing. Bandwidths are bits per second; texts come from outside: data."""

    line: int
    site: str
    port: str = ""
    carrier: str = ""
    carrier_circuit_id: str = ""
    down_bps: float = 0.0
    up_bps: float = 0.0
    role: Role | None = None
    store_type: str = ""
    region: str = ""
    sla: str = ""
    protection_group: str = ""
    monthly_cost: float | None = None
    currency: str = ""
    turn_up: str = ""  # YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class InventoryFile:
    """`unknown` are headers that mean nothing here, as written."""

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # understood, in the file's order
