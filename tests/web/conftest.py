"""What day is it in these tests, and who is signed in?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from milestones.models import Person
from milestones.planning import tally
from tests.signed_in import browser
from tests.snapshots import remembered
from tests.web import cast as casting
from tests.web.cast import Cast

SignIn = Callable[[Person | None], Client]


@pytest.fixture(autouse=True)
def thursday(request: pytest.FixtureRequest) -> Iterator[None]:
    with time_machine.travel(casting.TODAY, tick=True):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    cache.clear()
    tally._kept.clear()  # SQLite gives the ids of what was rolled back again
    return remembered("web", casting.assemble)


@pytest.fixture
def client_of() -> SignIn:
    return browser
