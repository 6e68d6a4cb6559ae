"""One incident: what it is put down to and by what evidence, its members, who has it, who was told, how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.app import ComposeResult

from noctui.model.alarms import Alarm
from noctui.model.headline import Headline
from noctui.model.scene import Range, Scene
from noctui.runtime.headlines import incident_headline
from noctui.tui.alarm_seen import Seen
from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import alarm_rows, alarm_subject
from noctui.tui.panes.alarm_known import AlarmKnown
from noctui.tui.panes.alarm_places import opens
from noctui.tui.panes.asking import Question
from noctui.tui.panes.incident_course import course_line
from noctui.tui.panes.sheet import Sheet
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import incident_name
from noctui.tui.runs import title
from noctui.tui.screens.tabled import TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable

LONG = 397 * 86_400.0
"""How far back members are looked for."""
MOST = 20_000


async def _asked(scene: Scene, alarm_id: str) -> tuple[Alarm | None, tuple[Alarm, ...]]:
    """The incident as it is known, and all its members, those that cleared included."""
    versions = await scene.read.alarm_versions(alarm_id)
    start = versions[0].opened - 86_400.0 if versions else scene.at - LONG
    found = await scene.read.alarms(Range(start, scene.at), MOST, parent=alarm_id)
    return (versions[-1] if versions else None), found


class IncidentBoard(TabledBoard):
    """What Enter on an incident opens."""

    DEFAULT_CSS = """
    IncidentBoard > #incident-course { height: 2; padding: 0 1; margin: 0 0 1 0; }
    IncidentBoard > TablePane { height: 1fr; }
    IncidentBoard.-s > #incident-course { height: 1; margin: 0; }
    """
    SCOPED_CSS = False
    OFFERS = (
        "open", "acts", "pick", "filter", "severity", "sorts", "choose_columns", "columns", "time", "export", "copy",
        "command", "out", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="incident")
        keys = {c.key for c in (*alarm_rows.COLUMNS, *alarm_rows.SPARE)}
        sort = self.sort_of("incident-pane-table", alarm_rows.SORT, keys)
        self._course = Sheet(id="incident-course")
        self._pane = TablePane(alarm_rows.columns(False), sort, clock, id="incident-pane")
        self._known = AlarmKnown(id="incident-known")
        self._question = Question(self, self._fail)
        self._texts = alarm_subject.Texts()
        self._moment: Moment | None = None
        self._size_now: Size | None = None
        self._answer: tuple[tuple[str, float], Alarm | None, tuple[Alarm, ...]] | None = None
        self._failed = ""
        self._rows: tuple[object, alarm_rows.AlarmRows] | None = None

    def compose(self) -> ComposeResult:
        yield self._course
        yield self._pane
        yield self._known

    @property
    def main(self) -> TablePane:
        return self._pane

    def recall(self, seen: Seen, runbook: Mapping[str, str]) -> None:
        self._known.runbook = runbook

    def leave(self) -> None:
        super().leave()
        self._question.forget()
        self._known.forget()

    def show(self, moment: Moment) -> None:
        self._moment = moment
        if moment.size is not self._size_now:
            self._size_now = moment.size
            wide = moment.size is Size.L
            self._pane.table.set_columns(alarm_rows.columns(wide), alarm_rows.spare(wide))
        name = moment.place.alarm_id
        key = (name, id(moment.view.alarms), moment.at if not moment.scene.live else None)
        of = (name, moment.at)
        self._question.ask(key, lambda: _asked(moment.scene, name), lambda found: self._take(of, found))
        self._draw()

    def on_resize(self) -> None:
        if self._moment is not None:
            self._draw_course(self._moment, self._members(self._moment))

    def _take(self, of: tuple[str, float], found: tuple[Alarm | None, tuple[Alarm, ...]]) -> None:
        self._answer, self._failed = (of, *found), ""
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()
        self.post_message(self.Told())

    def _told(self, moment: Moment) -> tuple[Alarm | None, tuple[Alarm, ...]]:
        """What the reader told of it, if that is not of a later instant than the one shown."""
        if self._answer is None or self._answer[0][0] != moment.place.alarm_id or self._answer[0][1] > moment.at:
            return None, ()
        return self._answer[1], self._answer[2]

    @property
    def incident(self) -> Alarm | None:
        moment = self._moment
        if moment is None:
            return None
        return moment.view.alarms.by_id.get(moment.place.alarm_id) or self._told(moment)[0]

    def _members(self, moment: Moment) -> tuple[Alarm, ...]:
        """Open ones as the View has them, and those that cleared."""
        opened = moment.view.alarms.members.get(moment.place.alarm_id, ())
        by_id = moment.view.alarms.by_id
        over = tuple(a for a in self._told(moment)[1] if a.cleared is not None and a.alarm_id not in by_id)
        return (*opened, *over)

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        members = self._members(moment)
        told = self._answer[0] if self._answer is not None else None
        key = (id(moment.view.alarms), told, moment.place, moment.at, moment.look_key)
        if self._rows is None or self._rows[0] != key:
            made = alarm_rows.AlarmRows(members, moment.view, moment.at, moment.signs, moment.grey, inside=True)
            self._rows = key, made
        rows = self._rows[1]
        result = filtered(
            moment.filter, moment.severities, None, len(rows), lambda: self._texts.subject(rows),
            lambda chosen: alarm_subject.of_severity(rows, chosen),
        )  # fmt: skip
        self.fill(moment, rows, result, self._words())
        if not len(rows):
            said = f"The members {self._failed}." if self._failed else "No member of it is known."
            self._pane.table.say_when_empty((said if self._answer is not None or self._failed else "Reading …",))
        self._known.show(self.incident, moment)
        self._draw_course(moment, members)

    def _draw_course(self, moment: Moment, members: tuple[Alarm, ...]) -> None:
        incident, wide = self.incident, self._course.size.width or 80
        if incident is None:
            self._course.paint([])
            return
        end = incident.cleared if incident.cleared is not None else moment.at
        line = course_line(members, incident.opened, end, wide, moment.signs)
        head = title("members open", "", wide)
        self._course.paint([line] if moment.size is Size.S else [head, line])

    def headline(self) -> Headline | None:
        incident = self.incident
        return incident_headline(incident, self._moment.at) if incident is not None and self._moment else None

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        name = incident_name(self._moment.place.alarm_id) if self._moment is not None else "incident"
        marked = f"{len(table.marked):,} marked, " if table.marked else ""
        return f"members of {name}", f"{marked}row {table.position:,} of {table.shown:,}"

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        self._pane.entitle(self._words())

    def on_live_table_marked(self, message: LiveTable.Marked) -> None:
        self._pane.entitle(self._words())

    def standing(self) -> Standing | None:
        """Members that are marked; else the incident, which speaks for them."""
        table, rows, incident = self._pane.table, self._pane.table.rows, self.incident
        if table.marked and isinstance(rows, alarm_rows.AlarmRows):
            found = [rows.find(key) for key in sorted(table.marked)]
            return Standing(tuple(rows.alarms[r] for r in found if r is not None), "", exact=True)
        return Standing((incident,), "", exact=True) if incident is not None else None

    def acted(self) -> None:
        self._pane.table.set_marked(frozenset())

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        rows, moment = self._pane.table.rows, self._moment
        row = rows.find(message.key) if rows is not None else None
        if not isinstance(rows, alarm_rows.AlarmRows) or row is None or moment is None:
            return
        there = opens(rows.alarms[row], moment.view)
        self.post_message(self.Goto(there) if there is not None else self.Say("This alarm belongs to no place."))

    def export(self) -> Exported | None:
        """All members that the filter leaves, those that cleared included."""
        rows = self._pane.table.rows
        if not isinstance(rows, alarm_rows.AlarmRows) or self._moment is None:
            return None
        name = incident_name(self._moment.place.alarm_id).replace(" ", "-")
        return alarm_rows.exported(rows, self._pane.table.shown_rows.tolist(), name)
