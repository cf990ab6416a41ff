"""Somebody withdraws evidence while somebody else rests a decision on it: never both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from milestones.errors import Conflict, DomainError, RuleBroken
from milestones.evidence import operations
from milestones.models import ChangeEntry, Evidence, Milestone
from milestones.planning import lifecycle, plans
from tests.cast import NOW, TODAY, Cast, acting
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

SOON = NOW + timedelta(minutes=5)
URL = "https://example.org/a"


def milestone(cast: Cast) -> Milestone:
    """A copy of one's own, as each request has."""
    return Milestone.objects.select_related("plan").get(pk=cast.roof.pk)


def piece(cast: Cast) -> Evidence:
    return Evidence.objects.select_related("milestone__plan").get(milestone=cast.roof)


def withdraw(cast: Cast) -> Callable[[], object]:
    one = piece(cast)
    return lambda: operations.withdraw(one, reason="传错了", actor=acting(cast.owner), now=SOON)


def reject(cast: Cast) -> Callable[[], object]:
    one = piece(cast)
    return lambda: operations.reject(one, reason="看不清", actor=acting(cast.colleague), now=SOON)


def confirm(cast: Cast) -> Callable[[], object]:
    one = piece(cast)
    return lambda: operations.verify(one, actor=acting(cast.office), now=SOON)


def submit(cast: Cast) -> Callable[[], object]:
    one = milestone(cast)
    how: Any = {"actual": TODAY, "statement": "已封顶"}
    return lambda: lifecycle.submit(one, **how, actor=acting(cast.owner), now=SOON)


def verify(cast: Cast) -> Callable[[], object]:
    one = milestone(cast)
    return lambda: lifecycle.verify(one, actor=acting(cast.office), now=SOON)


def close(cast: Cast) -> Callable[[], object]:
    return lambda: plans.close(cast.plan, reason="年终", actor=acting(cast.office), now=SOON)


def attach(cast: Cast) -> Callable[[], object]:
    one = milestone(cast)
    return lambda: operations.attach_link(one, url=URL, actor=acting(cast.owner), now=SOON)


PAIRS: list[Any] = [
    ("planned", withdraw, submit, RuleBroken),
    ("planned", submit, withdraw, None),  # the verifier will find nothing, and return it
    ("submitted", verify, withdraw, DomainError),
    ("submitted", withdraw, verify, RuleBroken),
    ("submitted", reject, verify, RuleBroken),
    ("submitted", verify, reject, DomainError),
    ("planned", confirm, withdraw, Conflict),
    ("planned", reject, confirm, Conflict),
    ("planned", withdraw, withdraw, Conflict),
    ("planned", close, attach, DomainError),
]


@pytest.mark.parametrize(("state", "first", "second", "refusal"), PAIRS)
def test_the_second_sees_what_the_first_did(cast: Cast, state: str, first: Any, second: Any, refusal: Any) -> None:
    cast.activate()
    operations.attach_link(cast.roof, url=URL, actor=acting(cast.owner), now=NOW)
    if state == "submitted":
        lifecycle.submit(cast.roof, actual=TODAY, statement="已封顶", actor=acting(cast.owner), now=NOW)
    cast.refresh()
    acts = first(cast), second(cast)
    won, lost = while_uncommitted(*acts)
    assert not isinstance(won, Exception)
    if refusal is None:
        assert not isinstance(lost, Exception)
    else:
        assert isinstance(lost, refusal), lost
    found = milestone(cast)
    if found.state == "completed":
        assert found.evidence.standing().exists()
    for row in Evidence.objects.all():
        assert ChangeEntry.objects.of(row).count() == row.version
