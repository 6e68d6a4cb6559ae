"""Alarms: from the conditions of one poll to a short list that wants a person. Pure: no I/O and no clock of its own."""
