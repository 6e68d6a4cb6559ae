"""The wall: pages that turn by themselves, drawn large enough to be read from across the room."""
