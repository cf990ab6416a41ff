"""How do these tests bring a file?"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from milestones.evidence import operations
from milestones.models import Evidence
from tests.cast import LATER, Cast, acting

Attach = Callable[..., Evidence]


@pytest.fixture
def attach(running: Cast) -> Attach:
    """The owner attaches a file to the milestone of the roof."""

    def bring(content: bytes, name: str, **values: Any) -> Evidence:
        given: dict[str, Any] = {"actor": acting(running.owner), "now": LATER, **values}
        milestone = given.pop("milestone", running.roof)
        return operations.attach_file(milestone, file=BytesIO(content), file_name=name, **given)

    return bring
