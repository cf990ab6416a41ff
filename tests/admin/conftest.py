"""Who is signed in, and how is a form of the admin filled in and sent?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.planning import operations
from tests.admin.forms import Desk
from tests.cast import NOW, SYSTEM, Cast
from tests.signed_in import browser


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The cast with work to give out: `school` is nobody's, so that `other` has nothing to hand over."""
    operations.assign([cast.school], None, actor=SYSTEM, now=NOW)
    return cast


@pytest.fixture
def client_of() -> Any:
    return browser


@pytest.fixture
def desk(cast: Cast, client_of: Any) -> Desk:
    """The office at work, in English."""
    return Desk(client_of(cast.office))


@pytest.fixture
def next_desk(cast: Cast, client_of: Any) -> Desk:
    """A colleague at the same time."""
    return Desk(client_of(cast.colleague))
