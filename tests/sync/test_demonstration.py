"""Do readers get a whole demonstration, and are they told when all of it goes?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from milestones.demo.build import build
from milestones.demo.clear import clear
from milestones.models import Organisation
from tests.cast import NOW, SYSTEM
from tests.sync.replica import following

pytestmark = pytest.mark.django_db


def test_the_demonstration_comes_and_goes(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    build(now=NOW, year=2023)
    unit = Organisation.objects.filter(leads__isnull=False).earliest("code")
    replicas = [
        following("write", "people:read", limit=1000, now=NOW),
        following("read", limit=1000, now=NOW),
        following("read", organisations=[unit], limit=1000, now=NOW),
    ]
    for replica in replicas:
        replica.check()
        assert len(replica.rows) > 20
    clear(actor=SYSTEM, now=NOW)
    for replica in replicas:
        replica.follow().check()
        assert not replica.rows
