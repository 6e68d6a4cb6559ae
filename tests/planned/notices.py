"""The notices of sample_data/notices, each with what is to be read in it, and what was read in the same words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noctui.model.notices import Maintenance, Notice
from noctui.resources import folder

FOLDER = folder("sample_data") / "notices"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(FOLDER / f"{name}.json").read_text())
    return found


def told(notice: Notice, wanted: dict[str, Any]) -> dict[str, Any]:
    """A notice as its JSON would have it; of what is told of only some works, only what is `wanted`."""
    keys = [set(w) for w in wanted["maintenances"]] + [set()] * len(notice.maintenances)
    found: dict[str, Any] = {
        "outcome": str(notice.outcome),
        "provider": notice.provider,
        "maintenances": [work(m, k) for m, k in zip(notice.maintenances, keys, strict=False)],
    }
    if "fault" in wanted:
        said = [f.said for f in notice.faults]
        found["fault"] = wanted["fault"] if any(wanted["fault"] in s for s in said) else said
    return found


def work(one: Maintenance, wanted: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": one.maintenance_id, "status": str(one.status), "windows": [], "circuits": []}
    for w in one.windows:
        window: dict[str, Any] = {"start": minute(w.start), "end": minute(w.end)}
        if w.backup:
            window["backup"] = True
        if w.circuits:
            window["circuits"] = list(w.circuits)
        found["windows"].append(window)
    for c in one.circuits:
        found["circuits"].append({"circuit": c.circuit, "impact": str(c.impact), "seconds": c.seconds})
    if "supersedes" in wanted:
        found["supersedes"] = list(one.supersedes)
    if "location" in wanted:
        found["location"] = one.location
    return found


def minute(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%MZ")


def seconds(text: str) -> int:
    """`2026-03-14 04:00` UTC as epoch seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
