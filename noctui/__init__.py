"""noctui: the terminal screen a network operations centre keeps open all day."""

__version__ = "0.1.0"
