"""A sync's figures for Prometheus: a file that node_exporter's textfile collector reads, replaced whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.state import State

HELP = {
    "noctui_sync_began_timestamp_seconds": "when the newest sync began",
    "noctui_sync_ended_timestamp_seconds": "when the newest sync ended",
    "noctui_sync_whole_timestamp_seconds": "when a sync last ended that sent all there was",
    "noctui_sync_exit_code": "exit code of the newest sync (docs/warehouse.md)",
    "noctui_sync_seconds": "how long the newest sync took",
    "noctui_sync_sent_bytes": "bytes of files that the newest sync sent",
    "noctui_sync_changed_rows": "rows that were new or had changed in the newest sync",
    "noctui_sync_waiting_rows": "rows that wait to be sent, about",
    "noctui_sync_oldest_waiting_timestamp_seconds": "the earliest hour that waits to be sent",
    "noctui_sync_credits": "what the newest sync may have cost, in credits, computed",
}


def text(org_id: str, found: State, code: int) -> str:
    """In Prometheus' format. What is not known has no line."""
    lines: list[str] = []
    for name, labels, value in _values(org_id, found, code):
        if value is None:
            continue
        if not any(line.startswith(f"# HELP {name} ") for line in lines):
            lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
        lines.append(f"{name}{{{labels}}} {value:.15g}")
    return "\n".join(lines) + "\n"


def _values(org_id: str, found: State, code: int) -> Iterator[tuple[str, str, float | None]]:
    org, last = f'org_id="{_label(org_id)}"', found.last
    yield "noctui_sync_whole_timestamp_seconds", org, found.whole_at
    yield "noctui_sync_exit_code", org, float(code)
    if last is None:
        return
    yield "noctui_sync_began_timestamp_seconds", org, last.began
    yield "noctui_sync_ended_timestamp_seconds", org, last.ended
    yield "noctui_sync_seconds", org, last.seconds
    yield "noctui_sync_sent_bytes", org, float(last.sent)
    for table, rows in sorted(last.rows.items()):
        yield "noctui_sync_changed_rows", f'{org},table="{table.lower()}"', float(rows)
    yield "noctui_sync_waiting_rows", org, float(last.waiting)
    yield "noctui_sync_oldest_waiting_timestamp_seconds", org, last.oldest
    yield "noctui_sync_credits", org, last.credits


def _label(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def write(path: Path, org_id: str, found: State, code: int) -> None:
    """Raises WarehouseFault (state): there is no room, or no right."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text(org_id, found, code))
        os.chmod(new, 0o644)  # another user's collector reads it
        os.replace(new, path)
    except OSError as error:
        raise WarehouseFault(f"{path} cannot be written: {error.strerror}", "state") from error
