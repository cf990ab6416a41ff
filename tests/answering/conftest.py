"""What do tests of acting from a mail have at hand?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from milestones.models import ReminderPolicy, ReminderStep, StepVersion
from milestones.models.default_ladder import install
from tests.snapshots import remembered
from tests.web import cast as casting
from tests.web.cast import JANUARY, TODAY, Cast


@pytest.fixture(autouse=True)
def thursday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TODAY, tick=True) as clock:
        yield clock


@pytest.fixture
def cast(db: None) -> Cast:
    return _assembled()


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """One that other connections see."""
    return _assembled()


@pytest.fixture
def anybody() -> Client:
    """A browser that was never here: no session, no cookie, and forgery is looked for."""
    return Client(enforce_csrf_checks=True)


def _assembled() -> Cast:
    cache.clear()
    install(ReminderPolicy, ReminderStep, StepVersion, JANUARY)
    return remembered("web", casting.assemble)
