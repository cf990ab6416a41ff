"""What do tests of reminders have at hand?"""

from __future__ import annotations

import pytest

from tests.reminders import world as worlds
from tests.reminders.world import World


@pytest.fixture
def world(db: None) -> World:
    return worlds.made()


@pytest.fixture
def smtp_world(transactional_db: None) -> World:
    """A world whose rows other processes and threads see."""
    return worlds.made()
