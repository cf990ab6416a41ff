"""The races of the change feed, for longer."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.sync.test_races import crowd

SECONDS = 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [2, 3])
def test_eight_write_for_long_while_three_follow(cast: Cast, seed: int) -> None:
    busy = crowd(cast, SECONDS, seed)
    print(dict(busy.done))
    assert busy.done["committed"] > 100
