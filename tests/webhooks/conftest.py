"""What do tests of webhooks have at hand: a receiver on loopback, an endpoint that leads there, and a clock to turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.servers.receiver import Receiver
    from tests.webhooks.desk import Desk


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings: Any) -> None:
    from tests.webhooks.desk import LOOPBACK

    settings.WEBHOOK_ALLOWED_NETWORKS = LOOPBACK


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    from tests.servers.receiver import Receiver

    with Receiver() as one:
        yield one


@pytest.fixture
def desk(running: Cast, receiver: Receiver) -> Desk:
    """The office's own endpoint; the past is told to nobody."""
    from tests.webhooks.desk import Desk

    return Desk(running, receiver)


@pytest.fixture
def client_of(db: None) -> Callable[..., Any]:
    from tests.webhooks.desk import client_of

    return client_of
