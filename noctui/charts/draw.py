"""What was found → lines of cells. Blocks for some milliseconds: on the screen it belongs into a thread."""

from __future__ import annotations

import numpy as np

from noctui.charts.box import draw_boxes
from noctui.charts.dist import draw_distribution
from noctui.charts.figure import Line
from noctui.charts.heat import draw_heat
from noctui.charts.kinds import Measure
from noctui.charts.line import draw_line
from noctui.charts.many import draw_many
from noctui.charts.paper import Paper
from noctui.charts.wish import Boxes, Distribution, Found, Heat, Many, One


def draw(found: Found, measure: Measure, paper: Paper) -> list[Line]:
    """At most `paper.high` lines of at most `paper.wide` cells; none where there is nothing to draw, or no room."""
    if paper.too_small or is_empty(found):
        return []
    match found:
        case One():
            return draw_line(found, measure, paper)
        case Heat():
            return draw_heat(found, measure, paper)
        case Boxes():
            return draw_boxes(found, measure, paper)
        case Many():
            return draw_many(found, measure, paper)
        case Distribution():
            return draw_distribution(found, measure, paper)


def is_empty(found: Found) -> bool:
    """Whether nothing at all is known of what was asked for. Outages without a sample are something."""
    match found:
        case One():
            return not found.samples.known and not found.timeline
        case Heat():
            return not bool(np.isfinite(found.values).any())
        case Boxes():
            return not bool(np.isfinite(found.five).any())
        case Many():
            return not any(s.known for s in found.lines)
        case Distribution():
            return not len(found.known)
