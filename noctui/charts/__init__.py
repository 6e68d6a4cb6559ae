"""Charts beside the lanes: from what a Reader answers to lines of cells, for the screen and for a plain terminal.

Arithmetic and drawing alone: no screen, no words around. plotext draws, and is imported when the first chart is drawn.
"""
