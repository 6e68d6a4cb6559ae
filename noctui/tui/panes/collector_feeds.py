"""The feeds that data comes in by, as rows of a file."""

from __future__ import annotations

from noctui.model.scene import Scene
from noctui.tui.export import Cell, Exported, instant, number

HEADERS = (
    "feed", "calls", "rows", "pages", "pages_lost", "took_s", "last_at", "period_s", "took_p95_s", "failed_24h",
    "error", "odd", "odd_text",
)  # fmt: skip


def exported(scene: Scene) -> Exported:
    """A row per feed: of the last sweep, and of the last 24 h where the leader told them."""
    health = scene.status.health if scene.live else None
    reports = {r.feed: r for r in scene.view.reports}
    known = {f.feed: f for f in (health.feeds if health else ())}
    rows: list[tuple[Cell, ...]] = []
    for name in dict.fromkeys([*reports, *known]):
        r, f = reports.get(name), known.get(name)
        swept = (r.calls, r.rows, r.pages, r.pages_lost, r.took) if r else (None,) * 5
        more = (
            (instant(f.last_at) if f.last_at else None, f.period, number(f.took_p95), f.failed_24h)
            if f
            else (None,) * 4
        )
        error = (r.error if r else "") or (f.error if f else "")
        odd, odd_text = (r.odd, r.odd_text) if r else (f.odd, f.odd_text) if f else (None, "")
        rows.append((name, *swept, *more, error, odd, odd_text))
    return Exported("feeds", HEADERS, rows)
