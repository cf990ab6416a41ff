"""What do tests of extensions have at hand?"""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.extensions.cast import supervised


@pytest.fixture
def running(running: Cast) -> Cast:
    """The active plan, and `leader` supervises the unit that leads `roof`."""
    return supervised(running)
