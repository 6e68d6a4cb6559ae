"""Carriers' notices of planned work: bytes → Mail → Notice → circuits, updates, conflicts. Pure: no mailbox, no
clock."""
