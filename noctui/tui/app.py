"""The app: one Scene, one place, one clock. It routes keys and messages; frame, boards and panes make what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.tui.options import Options
from noctui.tui.parts.acting import Acting
from noctui.tui.parts.arranging import Arranging
from noctui.tui.parts.charting import Charting
from noctui.tui.parts.dressing import Dressing
from noctui.tui.parts.filing import Filing
from noctui.tui.parts.filtering import Filtering
from noctui.tui.parts.finding import Finding
from noctui.tui.parts.going import Going
from noctui.tui.parts.refusing import Refusing
from noctui.tui.parts.replaying import Replaying
from noctui.tui.parts.ringing import Ringing
from noctui.tui.parts.sizing import Sizing
from noctui.tui.parts.switching import Switching
from noctui.tui.parts.visiting import Visiting
from noctui.tui.parts.walling import Walling

if TYPE_CHECKING:
    from noctui.tui.commands.asked import Asked


class NoctuiApp(
    Walling, Going, Filtering, Replaying, Charting, Finding, Arranging, Filing, Acting, Dressing, Visiting, Ringing,
    Switching, Sizing, Refusing,
):  # fmt: skip
    """The screen over its Scenes: the shell and every kind of deed."""

    async def carry_out(self, asked: Asked) -> None:
        from noctui.tui.deeds import do

        await do(asked, self)


__all__ = ["NoctuiApp", "Options"]
