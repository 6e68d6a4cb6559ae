"""Planned work, mails, promises and outages in every size, and in every theme and character set at 120×40.

One app for a size goes through the screens. After a wanted change: `pytest tests/tui/matrix --snapshot-update`, then
read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options
from noctui.tui.place import MAILS, MAINTENANCE, OUTAGES, SLA, WINDOWS, Place, of_mail, of_promise, of_work
from tests import night
from tests.tui.app.styled import dump, same
from tests.tui.matrix.test_matrix import SIZES, show

PLACES: dict[str, Place] = {
    "maintenance": MAINTENANCE, "work": of_work(("Zayo", "CHG-20881")), "mails": MAILS, "mail": of_mail("<c1@cogent>"),
    "sla": SLA, "promise": of_promise("s0417:ge-0/0/0", "gold 99.90"), "outages": OUTAGES, "windows": WINDOWS,
}  # fmt: skip
LOOKS = [(size, "dark", False) for size in SIZES]
LOOKS += [((120, 40), theme, False) for theme in ("light", "contrast", "ansi")] + [((120, 40), "ansi", True)]


@pytest.mark.parametrize(("size", "theme", "ascii_only"), LOOKS, ids=lambda x: str(x).replace(", ", "x").strip("()"))
async def test_planned_screens(
    request: pytest.FixtureRequest, size: tuple[int, int], theme: str, ascii_only: bool
) -> None:
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options(exports=Path("exports"), ascii=ascii_only))
    wrong: list[str] = []
    async with app.run_test(size=size) as pilot:
        for name, place in PLACES.items():
            await show(pilot, app, place, theme)
            file = f"planned/{name}-{size[0]}x{size[1]}-{theme}{'-ascii' if ascii_only else ''}"
            if ascii_only:
                assert dump(app).split("----")[0].isascii(), file
            try:
                same(request, file, app)
            except AssertionError as error:
                wrong.append(f"{file}: {error}")
    assert not wrong, "\n".join(wrong)
