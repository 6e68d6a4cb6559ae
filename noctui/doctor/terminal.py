"""The terminal and the locale: what can be drawn here."""

from __future__ import annotations

from collections.abc import Mapping

from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check


def terminal(env: Mapping[str, str], on_terminal: bool, size: tuple[int, int]) -> list[Check]:
    """`size` is columns and rows; it says nothing when `on_terminal` is False."""
    term = env.get("TERM", "")
    if not on_terminal:
        return [Check("terminal", NOTE, "this is no terminal: the screen cannot be opened here, all else works")]
    if term in ("", "dumb", "unknown"):
        return [Check("terminal", FAIL, f"TERM={term or '(not set)'} cannot be drawn on",
                      "set TERM to what your terminal is, e.g. xterm-256color")]  # fmt: skip
    found = [Check("terminal", OK, f"{term}, {_colours(env, term)}{_inside(env, term)}")]
    columns, rows = size
    if columns < 80 or rows < 24:
        found.append(Check("size", WARN, f"{columns}x{rows}: only the worst is shown", "80x24 is useful, 120x40 good"))
    else:
        word = "rich" if columns >= 180 and rows >= 50 else "good" if columns >= 110 and rows >= 34 else "useful"
        found.append(Check("size", OK, f"{columns}x{rows}: {word}"))
    return found


def _colours(env: Mapping[str, str], term: str) -> str:
    if env.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true colours"
    many = ("256color", "direct", "kitty", "ghostty", "alacritty", "wezterm")
    return "256 colours" if any(word in term for word in many) else "16 colours: the ansi theme is taken"


def _inside(env: Mapping[str, str], term: str) -> str:
    if env.get("TMUX"):
        return ", in tmux (for y to reach your clipboard: set -g set-clipboard on)"
    return ", in screen" if env.get("STY") or term.startswith("screen") else ""


def locale(env: Mapping[str, str], encoding: str | None) -> Check:
    """`encoding` is that of standard output."""
    name = next((env[v] for v in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(v)), "(none)")
    if "utf" in (encoding or "").lower().replace("-", "") and env.get("TERM") != "linux":
        return Check("locale", OK, f"{name}, {encoding}")
    why = "TERM=linux" if env.get("TERM") == "linux" else f"{name}, {encoding or 'no encoding'}"
    return Check("locale", NOTE, f"{why}: signs are drawn with ASCII", "for the real ones: export LANG=C.UTF-8")
