"""What holds for all tests: no clock judges them, and each finds logging as it was."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import quick

settings.register_profile("whole", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("noctui", settings.get_profile("whole"), max_examples=33)
settings.load_profile("noctui")  # a busy machine is no fault of the program
quick.begin()


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command that runs inside of a test sends the log where it is told to: not for those after it."""
    ours, others = logging.getLogger("noctui"), logging.getLogger()
    had = [(one, one.handlers[:], one.level, one.propagate) for one in (ours, others)]
    yield
    for one, handlers, level, propagate in had:
        one.handlers[:] = handlers
        one.setLevel(level)
        one.propagate = propagate
    logging.captureWarnings(False)
