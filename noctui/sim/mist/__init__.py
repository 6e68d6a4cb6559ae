"""A Mist cloud over one simulated world: the same paths, shapes, paging, budgets and traps, on a local socket."""
