"""What does every test of shapes have at hand?"""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.shapes import world


@pytest.fixture
def furnished(running: Cast) -> Cast:
    """The plan runs, and of every noun there are rows with much and with little in them."""
    world.furnish(running)
    running.refresh()
    return running
