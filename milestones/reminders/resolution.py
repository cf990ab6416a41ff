"""Which policy does a milestone follow, where does each of its steps come from, and who follows a policy?

Milestone, workstream, plan, default: the first that names a policy. A question (about a report, a decision) is the
business of the first of these policies that ever said something about it, else of the default one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from milestones.models import ASKING_ANCHORS, Anchor, Milestone, Plan, ReminderPolicy, StepVersion, Workstream
from milestones.models.milestones import MilestoneQuerySet

OF_MILESTONES = (Anchor.REPORT_DUE, Anchor.DECISION_DUE)  # a reading is a target's matter


class Origin(models.TextChoices):
    """Where a policy was chosen."""

    MILESTONE = "milestone", _("chosen by the milestone")
    WORKSTREAM = "workstream", _("chosen by the workstream")
    PLAN = "plan", _("chosen by the plan")
    DEFAULT = "default", _("the default")


@dataclass(frozen=True)
class Chosen:
    policy: ReminderPolicy
    origin: Origin


@dataclass(frozen=True)
class Rung:
    """A step as it stands on the day, and from which policy, chosen where, it comes."""

    version: StepVersion
    chosen: Chosen


@dataclass(frozen=True)
class Resolved:
    """`policy` is None only while there is no default one. `steps` stand in the order in which they come."""

    policy: ReminderPolicy | None
    origin: Origin
    steps: tuple[Rung, ...]


def resolved(milestone: Milestone, day: date) -> Resolved:
    """As on `day` of the milestone's plan; two queries."""
    line = _line(milestone)
    if not line:
        return Resolved(None, Origin.DEFAULT, ())
    versions = _versions([chosen.policy for chosen in line])
    found = [Rung(version, line[0]) for version in versions[line[0].policy.pk] if version.anchor not in ASKING_ANCHORS]
    for anchor in OF_MILESTONES:
        chosen = _asks(line, versions, anchor)
        found += [Rung(version, chosen) for version in versions[chosen.policy.pk] if version.anchor == anchor]
    rungs = sorted((rung for rung in found if in_force(rung.version, day)), key=lambda rung: place(rung.version))
    return Resolved(line[0].policy, line[0].origin, tuple(rungs))


def in_force(version: StepVersion, day: date) -> bool:
    return version.effective_from <= day and (version.effective_until is None or day < version.effective_until)


def place(version: StepVersion) -> tuple[int, bool, int, str]:
    """From the first to come to the last."""
    ahead = version.anchor not in (Anchor.AFTER_DUE, Anchor.BEHIND_PACE) and not version.repeats
    sign = -1 if ahead else 1
    return Anchor.values.index(version.anchor), version.repeats, sign * version.offset, version.step.code


def followers(policy: ReminderPolicy, *, names_it: bool = True) -> MilestoneQuerySet:
    """The open milestones of active plans whose deadlines it reminds of; without `names_it` those that follow it as
    the default one only."""
    silent = Q(policy=None, workstream__policy=None, plan__policy=None)
    named = (
        Q(policy=policy)
        | Q(policy=None, workstream__policy=policy)
        | Q(policy=None, workstream__policy=None, plan__policy=policy)
    )
    wanted = silent if not names_it else named | silent if policy.is_default else named
    return Milestone.objects.open().in_active_plans().filter(wanted)


@dataclass(frozen=True)
class Users:
    """Those of one kind that name a policy."""

    rows: models.QuerySet[Any]
    count: int

    def __str__(self) -> str:
        model: Any = self.rows.model
        words = {
            Plan: ngettext("%(n)s plan", "%(n)s plans", self.count),
            Workstream: ngettext("%(n)s workstream", "%(n)s workstreams", self.count),
            Milestone: ngettext("%(n)s milestone", "%(n)s milestones", self.count),
        }
        return words[model] % {"n": self.count}


def used_by(policy: ReminderPolicy) -> list[Users]:
    """Plans, workstreams and milestones that name it, in whatever state, those kinds only of which there are any."""
    kinds: tuple[models.QuerySet[Any], ...] = (
        Plan.objects.filter(policy=policy).order_by("code"),
        Workstream.objects.filter(policy=policy).select_related("plan").order_by("plan__code", "code"),
        Milestone.objects.filter(policy=policy).select_related("plan").order_by("plan__code", "code"),
    )
    return [Users(rows, count) for rows in kinds if (count := rows.count())]


def _line(milestone: Milestone) -> list[Chosen]:
    """The policies that may count, the nearest first; each once."""
    names = (
        (milestone.policy_id, Origin.MILESTONE),
        (milestone.workstream.policy_id, Origin.WORKSTREAM),
        (milestone.plan.policy_id, Origin.PLAN),
    )
    wanted = Q(pk__in=[pk for pk, _origin in names if pk is not None]) | Q(is_default=True)
    policies = {policy.pk: policy for policy in ReminderPolicy.objects.filter(wanted)}
    default = next((policy for policy in policies.values() if policy.is_default), None)
    line = [Chosen(policies[pk], origin) for pk, origin in names if pk in policies]
    return [*line, Chosen(default, Origin.DEFAULT)] if default is not None else line


def _versions(policies: Sequence[ReminderPolicy]) -> dict[Any, list[StepVersion]]:
    found: dict[Any, list[StepVersion]] = {policy.pk: [] for policy in policies}
    rows = StepVersion.objects.filter(step__policy__in=list(found)).select_related("step")
    for version in rows.order_by("step__code", "number"):
        found[version.step.policy_id].append(version)
    return found


def _asks(line: Sequence[Chosen], versions: dict[Any, list[StepVersion]], anchor: Anchor) -> Chosen:
    def ever(chosen: Chosen) -> Iterator[bool]:
        yield from (version.anchor == anchor for version in versions[chosen.policy.pk])

    return next((chosen for chosen in line if any(ever(chosen))), line[-1])
