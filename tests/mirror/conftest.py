"""What do tests of two installations have at hand?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.mirror.other import Other
    from tests.mirror.two import Two


@pytest.fixture(scope="session")
def _other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Other]:
    from tests.mirror.other import Other

    found = Other(tmp_path_factory.mktemp("there"))
    yield found
    found.stop()


@pytest.fixture
def other(_other: Other) -> Other:
    """The second installation, with nothing in it."""
    _other.empty()
    return _other


@pytest.fixture
def two(db: None, other: Other) -> Two:
    """Both installations, empty."""
    from tests.mirror.two import Two

    return Two(other)
