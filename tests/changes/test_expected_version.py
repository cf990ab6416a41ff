"""When is a form that was opened earlier sent back, and when not?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from milestones.errors import Conflict
from milestones.models import ChangeEntry, Milestone
from milestones.planning import assessing, operations
from tests.cast import LATER, SYSTEM, Cast

pytestmark = pytest.mark.django_db


def test_a_colour_that_changed_overnight_sends_nothing_back(running: Cast) -> None:
    seen = Milestone.objects.get(pk=running.rules.pk).version
    assessing.assess(now=LATER + timedelta(days=60))
    milestone = Milestone.objects.select_related("plan").get(pk=running.rules.pk)
    assert milestone.version > seen
    assert ChangeEntry.objects.of(milestone).last().verb == "milestone.health"  # type: ignore[union-attr]
    assert operations.change(milestone, {"title": "改"}, version=seen, actor=SYSTEM, now=LATER + timedelta(days=60))


def test_what_somebody_changed_does_even_with_a_colour_after_it(running: Cast) -> None:
    seen = Milestone.objects.get(pk=running.rules.pk).version
    milestone = Milestone.objects.select_related("plan").get(pk=running.rules.pk)
    operations.change(milestone, {"stage": "印发"}, actor=SYSTEM, now=LATER)
    assessing.assess(now=LATER + timedelta(days=60))
    milestone = Milestone.objects.select_related("plan").get(pk=running.rules.pk)
    with pytest.raises(Conflict) as refused:
        operations.change(milestone, {"title": "改"}, version=seen, actor=SYSTEM, now=LATER + timedelta(days=60))
    assert "stage" in refused.value.fields


def test_a_version_that_never_was_is_a_conflict(running: Cast) -> None:
    with pytest.raises(Conflict):
        operations.change(running.roof, {"title": "改"}, version=99, actor=SYSTEM, now=LATER)
