"""Who is signed in, and how is a form of the admin filled in and sent?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.admin import cast as casting
from tests.admin.cast import Cast
from tests.admin.forms import Desk


@pytest.fixture
def cast(db: None) -> Cast:
    return casting.assemble()


@pytest.fixture
def running(cast: Cast) -> Cast:
    cast.activate()
    return cast


@pytest.fixture
def client_of() -> Any:
    def signed_in(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def desk(cast: Cast, client_of: Any) -> Desk:
    """The office at work, in English."""
    return Desk(client_of(cast.office))


@pytest.fixture
def next_desk(cast: Cast, client_of: Any) -> Desk:
    """A colleague at the same time."""
    return Desk(client_of(cast.colleague))
