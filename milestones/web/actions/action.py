"""What is an action of a page: its word, its right, its form, and the one domain call that it makes?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from milestones.models import Milestone
from milestones.web.forms import acts


class Group(StrEnum):
    """Under which word of the list of actions it stands; in the order of the list."""

    STEP = "step"
    PROGRESS = "progress"
    DATES = "dates"
    WHO = "who"
    MORE = "more"


@dataclass(frozen=True)
class Action:
    """`name` is its word in the address, `right` the verb that `access` is asked for; `perform` is one domain call.

    `suits` says whether the milestone's own state allows it, without a query: lists ask it for every row.
    """

    name: str
    right: str
    label: Promise
    said: Promise
    form: type[acts.ActForm]
    perform: Callable[..., object]
    suits: Callable[[Milestone], bool]
    group: Group = Group.STEP
    in_draft: bool = False
    hint: Promise | str = ""

    @property
    def is_plain(self) -> bool:
        """Nothing to say: pressing the button is all."""
        return self.form is acts.PlainForm

    def fits(self, milestone: Milestone) -> bool:
        """Whether plan and state allow it, whoever asks."""
        plan = milestone.plan
        return (plan.is_active or (self.in_draft and plan.is_draft)) and self.suits(milestone)


def plain(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda milestone, _form, **how: verb(milestone, **how)


def with_reason(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda milestone, form, **how: verb(milestone, reason=form.cleaned_data["reason"], **how)


def unversioned(verb: Callable[..., object]) -> Callable[..., object]:
    """For what is added to whatever is there: another change meanwhile is no reason to send it back."""

    def perform(milestone: Milestone, form: Any, *, version: int | None, **how: Any) -> object:
        return verb(milestone, form, **how)

    return perform
