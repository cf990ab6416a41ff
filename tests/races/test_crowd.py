"""A crowd does everything at once: does nothing break, and is everything whole afterwards?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from lingang.addresses import MailTransport
from tests.cast import Cast

from . import aftermath, crowd

FEWEST_DONE = 0.1  # of all acts; most are refused, since they come at random


def play(cast: Cast, settings: Any, folder: Path, *, seed: int, threads: int, acts: int) -> crowd.Crowd:
    settings.MAIL_TRANSPORT = MailTransport("file", path=folder)
    gathered = crowd.gather(cast)
    gathered.play(seed, threads, acts)
    assert not gathered.faults, gathered.faults[0]
    assert not (found := aftermath.wrong(gathered, gathered.settle())), "\n".join(found)
    return gathered


@pytest.mark.django_db(transaction=True)
def test_a_crowd(cast: Cast, settings: Any, tmp_path: Path) -> None:
    """SQLite has one writer, so there are fewer acts."""
    acts = 60 if connection.vendor == "postgresql" else 40
    gathered = play(cast, settings, tmp_path, seed=1, threads=7, acts=acts)
    assert gathered.done.total() > FEWEST_DONE * 7 * acts
