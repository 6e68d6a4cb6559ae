"""Large digits and letters of blocks, for screens that are read from across the room.

Glyphs are five pixels high. Words are drawn in half blocks (a pixel is half a row, so a line of words takes three
rows), figures in whole ones, each pixel as many cells as there is room for.
"""

from __future__ import annotations

import unicodedata

from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clip, width

ROWS = 3
"""Of a line of words."""
HIGH = 5
"""Pixels of a glyph."""
GAP = 1
"""Pixels between glyphs."""

_FONT = {
    "0": "#### #..# #..# #..# ####", "1": ".#.. ##.. .#.. .#.. ###.", "2": "###. ...# .##. #... ####",
    "3": "###. ...# .##. ...# ###.", "4": "#..# #..# #### ...# ...#", "5": "#### #... ###. ...# ###.",
    "6": ".##. #... ###. #..# .##.", "7": "#### ...# ..#. .#.. .#..", "8": ".##. #..# .##. #..# .##.",
    "9": ".##. #..# .### ...# .##.", "A": ".##. #..# #### #..# #..#", "B": "###. #..# ###. #..# ###.",
    "C": "#### #... #... #... ####", "D": "###. #..# #..# #..# ###.", "E": "#### #... ###. #... ####",
    "F": "#### #... ###. #... #...", "G": "#### #... #.## #..# ####", "H": "#..# #..# #### #..# #..#",
    "I": "### .#. .#. .#. ###", "J": "..## ...# ...# #..# .##.", "K": "#..# #.#. ##.. #.#. #..#",
    "L": "#... #... #... #... ####", "M": "#...# ##.## #.#.# #...# #...#", "N": "#...# ##..# #.#.# #..## #...#",
    "O": "#### #..# #..# #..# ####", "P": "###. #..# ###. #... #...", "Q": "#### #..# #..# #.## ####",
    "R": "###. #..# ###. #.#. #..#", "S": "#### #... #### ...# ####", "T": "##### ..#.. ..#.. ..#.. ..#..",
    "U": "#..# #..# #..# #..# ####", "V": "#...# #...# #...# .#.#. ..#..", "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#...# .#.#. ..#.. .#.#. #...#", "Y": "#...# .#.#. ..#.. ..#.. ..#..", "Z": "#### ..#. .#.. #... ####",
    " ": ".. .. .. .. ..", "-": "... ... ### ... ...", "–": "... ... ### ... ...", ".": ". . . . #", ",": ". . . # #",
    "'": "# # . . .", "&": ".#.. #.#. .#.# #.#. .#.#", "/": "..# ..# .#. #.. #..", "+": "... .#. ### .#. ...",
    "%": "#..# ..#. .#.. #... #..#", ":": ". # . # .", "?": "###. ...# .##. .... .#..", "(": ".# #. #. #. .#",
    ")": "#. .# .# .# #.", "#": ".#.# #### .#.# #### .#.#", "_": ".... .... .... .... ####",
}  # fmt: skip
_PIXELS = {char: tuple(rows.split(" ")) for char, rows in _FONT.items()}


def drawn(text: str) -> str | None:
    """The text as it can be drawn: capitals without their accents. None where a letter has no glyph."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(c))
    plain = plain.replace("’", "'")
    return plain if all(c in _PIXELS for c in plain) else None


def pixels_wide(text: str) -> int:
    """How many pixels `drawn` text takes."""
    return sum(len(_PIXELS[c][0]) for c in text) + GAP * max(len(text) - 1, 0)


def _bitmap(text: str) -> list[str]:
    """Five rows of `#` and `.`."""
    return [("." * GAP).join(_PIXELS[c][y] for c in text) for y in range(HIGH)]


def words(text: str, room: int, signs: Signs) -> list[str]:
    """Three rows, all of the same width, at most `room` cells: drawn, shortened where it must be. What cannot be drawn
    (ASCII alone, letters without a glyph, too little room) stands in the middle row as it is."""
    text = " ".join(text.split())
    large = None if signs.ascii else drawn(text)
    while large and pixels_wide(large) > room:
        large = large[:-1].rstrip(" -,.&(")
    if not large or len(large) < min(len(text), 4):
        plain = clip(text.upper(), max(room, 0), signs.cut)
        blank = " " * width(plain)
        return [blank, plain, blank]
    rows = [*_bitmap(large), "." * pixels_wide(large)]
    pairs = {"##": "█", "#.": "▀", ".#": "▄", "..": " "}
    return ["".join(pairs[a + b] for a, b in zip(rows[y], rows[y + 1], strict=True)) for y in (0, 2, 4)]


def fits(text: str, room: int, signs: Signs) -> bool:
    """Whether `words` draws all of it."""
    large = None if signs.ascii else drawn(text)
    return large is not None and pixels_wide(large) <= room


def figure(text: str, across: int, down: int) -> list[str]:
    """`HIGH * down` rows of a number, each pixel `across` cells wide and `down` rows high."""
    rows: list[str] = []
    for row in _bitmap(text):
        line = "".join(("█" if pixel == "#" else " ") * across for pixel in row)
        rows += [line] * down
    return rows


def widest(texts: tuple[str, ...], room: int, at_most: int) -> int:
    """How many cells a pixel may be wide, so that each of these numbers fits into `room`; at least 1."""
    need = max((pixels_wide(t) for t in texts), default=1)
    return max(1, min(at_most, room // max(need, 1)))
