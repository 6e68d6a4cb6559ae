"""The operator's own list of circuits: a CSV of what no cloud knows (contracts, carriers' ids, promises, costs)."""

from noctui.sources.inventory_file.columns import COLUMNS
from noctui.sources.inventory_file.parse import parse
from noctui.sources.inventory_file.reading import Kept, read
from noctui.sources.inventory_file.rows import FileError, InventoryFile, Problem, Row

__all__ = ["COLUMNS", "FileError", "InventoryFile", "Kept", "Problem", "Row", "parse", "read"]
