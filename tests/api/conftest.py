"""What do tests of the API have at hand?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.http import Api
    from tests.cast import Cast


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    from milestones.api import counters
    from milestones.clients import activity

    counters.forget()
    activity._waiting.clear()
    activity._written.clear()


@pytest.fixture
def client_of(cast: Cast) -> Callable[..., Api]:
    """`client_of("write", plans=[…])`: a client with these scopes and this reach, ready to ask."""
    from tests.api.http import new_client

    return new_client


@pytest.fixture
def api(client_of: Callable[..., Api]) -> Api:
    """A client that may do everything."""
    return client_of("write", "people:read", "webhooks", name="erp")
