"""The pane of a site's gateways and their WAN ports."""

from __future__ import annotations

from textual.message import Message

from noctui.model.detail import Answer, AskPorts, Ports
from noctui.tui.export import Exported
from noctui.tui.moment import Moment
from noctui.tui.panes.asking import Question
from noctui.tui.panes.pane import Content, Pane, asked
from noctui.tui.panes.site_ports import exported, gateway_line, gateway_lines, port_lines, ports_of
from noctui.tui.runs import Line

AGAIN = 60.0
"""Seconds after which the cache may be asked anew."""


class Gateways(Pane):
    """Gateways, then the port table. What Mist has to be asked for comes later, into places that wait for it."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    Gateways { height: 8; padding: 0 1; margin: 1 0 0 0; }
    .-l Gateways { height: 12; }
    .-s Gateways { height: 1; margin: 0; }
    """
    HEADING = "gateway and ports"

    class Answered(Message):
        """Configuration and addresses are here."""

        def __init__(self, ports: Ports | None) -> None:
            super().__init__()
            self.ports = ports

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._question = Question(self, self._fail)
        self._ports: Ports | None = None
        self._failed = ""
        self._live = True

    def reset(self) -> None:
        self._ports, self._failed = None, ""
        self.post_message(self.Answered(None))

    def inquire(self, moment: Moment) -> None:
        if moment.scene.live != self._live:
            self._live = moment.scene.live
            self.reset()
        site = moment.place.site_id
        key = (site, self._live, moment.at // AGAIN)
        self._question.ask(key, lambda: moment.scene.read.detail(AskPorts(site)), self._take)

    def _take(self, answer: Answer) -> None:
        if isinstance(answer, Ports):
            self._ports, self._failed = answer, ""
            self.post_message(self.Answered(answer))
            self.draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        view, site = moment.view, moment.place.site_id
        found = ports_of(view, site, self._ports)
        lines = gateway_lines(view, site, self._ports, moment.signs)
        if self._failed:
            lines[1:2] = [((self._failed, "warn"),)]
        if found:
            lines += port_lines(view, found, wide, moment.signs)
        return Content(_greyed(lines) if moment.grey else lines, self._note(moment))

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        line = gateway_line(moment.view, moment.place.site_id, self._ports, moment.signs)
        return _greyed([line])[0] if moment.grey else line

    def _note(self, moment: Moment) -> str:
        if self._failed:
            return ""
        answer = self._ports
        at, error = (answer.asked_at, answer.error) if answer is not None else (0.0, "")
        said = asked(at, moment.now, error, answer is None, moment.scene.live)
        return f"{said}, e exports the ports" if self.has_focus and said else said

    def export(self) -> Exported | None:
        """The port table."""
        if self._moment is None:
            return None
        view = self._moment.view
        return exported(view, ports_of(view, self._moment.place.site_id, self._ports))


def _greyed(lines: list[Line]) -> list[Line]:
    return [tuple((text, role if role in ("faint", "dim") else "stale") for text, role in line) for line in lines]
