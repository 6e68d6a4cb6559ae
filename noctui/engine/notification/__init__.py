"""Who is told of which alarm, when, and in which words. Pure: what is to be sent comes out as data."""
