"""Many crowds, for longer: what does only show once in thousands of acts?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.cast import Cast
from tests.races.test_crowd import play


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(100, 112))
def test_a_crowd_for_longer(cast: Cast, settings: Any, tmp_path: Path, seed: int) -> None:
    acts = 400 if connection.vendor == "postgresql" else 200
    play(cast, settings, tmp_path, seed=seed, threads=8, acts=acts)
