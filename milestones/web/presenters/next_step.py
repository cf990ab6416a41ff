"""What is the one next thing for this reader to do, and what else may be done?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access, wording
from milestones.actors import Actor
from milestones.models import Milestone, State
from milestones.planning import proof
from milestones.web.actions import Action, Group, obvious, offered
from milestones.web.presenters import extensions, reports
from milestones.web.presenters.links import Link

GROUPS = {
    Group.STEP: gettext_lazy("State"),
    Group.PROGRESS: gettext_lazy("Progress"),
    Group.DATES: gettext_lazy("Dates"),
    Group.WHO: gettext_lazy("Who answers"),
    Group.MORE: gettext_lazy("More"),
}
WHOLE = 100


@dataclass(frozen=True)
class Step:
    """The one button: a link, or, `is_plain`, a form that acts at once. `until` and `why` stand below it."""

    label: str
    url: str
    is_plain: bool = False
    until: str = ""
    why: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Next:
    """`beside` are the few things that matter now too, each with a hint; `groups` hold all others."""

    step: Step | None
    nothing: str
    beside: list[tuple[Link, str]]
    groups: list[tuple[str, list[Link]]]
    acts_for: str


def next_step(
    milestone: Milestone, actor: Actor, reported: reports.Reports, asked: list[extensions.Line], has: list[Any]
) -> Next:
    """`has` are the standing pieces of evidence."""
    actions = offered(milestone, actor)
    first = obvious(milestone, actions)
    step = _decision(asked) or _step(milestone, first, reported)
    beside = list(_beside(milestone, {one.name: one for one in actions}, reported, asked, has, step))
    shown = {step.url if step else "", *(link.url for link, _hint in beside)}
    links = [(one.group, _link(milestone, one)) for one in actions] + _elsewhere(milestone, actor, reported)
    groups = [
        (str(label), [link for group, link in links if group is which and link.url not in shown])
        for which, label in GROUPS.items()
    ]
    return Next(
        step=step,
        nothing=_nothing(milestone, actor),
        beside=beside,
        groups=[(label, found) for label, found in groups if found],
        acts_for=_acts_for(milestone, actor),
    )


def _decision(asked: list[extensions.Line]) -> Step | None:
    """A request that waits for this reader comes before everything else."""
    waiting = next((line for line in asked if line.is_open), None)
    approve = next((act for act in waiting.acts if act.url.endswith("/approve/")), None) if waiting else None
    if waiting is None or approve is None:
        return None
    until = _("Answer by %(day)s") % {"day": wording.day(waiting.row.decide_by)}
    return Step(_("Decide on the later date"), approve.url, until=until, why=waiting.slip)


def _step(milestone: Milestone, first: Action | None, reported: reports.Reports) -> Step | None:
    """A report that is missing comes before the next state; what is whole is submitted."""
    if first is not None and first.name not in ("start", "submit"):
        return _of(milestone, first)
    whole = reported.last is not None and reported.last.progress == WHOLE
    if first is not None and whole:
        return _of(milestone, first)
    if reported.url and (reported.expected or milestone.state == State.IN_PROGRESS):
        return _report(reported)
    return _of(milestone, first) if first is not None else None


def _of(milestone: Milestone, action: Action) -> Step:
    return Step(str(action.label), _link(milestone, action).url, action.is_plain)


def _report(reported: reports.Reports) -> Step:
    wanted = reported.expected
    label = _("Go on with the draft") if reported.draft else _("Report progress")
    if wanted is None:
        return Step(label, reported.url)
    return Step(
        label, reported.url, until=wanted.title, why=f"{wanted.left} · {wanted.cadence}", is_late=wanted.is_late
    )


def _beside(
    milestone: Milestone,
    actions: dict[str, Action],
    reported: reports.Reports,
    asked: list[extensions.Line],
    has: list[Any],
    step: Step | None,
) -> Any:
    """(link, hint) of what one looks for most."""
    waiting = next((line for line in asked if line.is_open), None)
    if waiting is not None:
        day = wording.day(waiting.row.decide_by, year=milestone.plan.year)
        yield Link("#extension", _("A later date is asked for")), _("to be answered by %(day)s") % {"day": day}
    if reported.url and (step is None or step.url != reported.url):
        yield Link(reported.url, _("Report progress")), ""
    if "attach" in actions and milestone.is_open:
        yield _link(milestone, actions["attach"]), ""
    if "submit" in actions and (step is None or step.url != _link(milestone, actions["submit"]).url):
        yield _link(milestone, actions["submit"]), _missing(milestone, has)


def _missing(milestone: Milestone, has: list[Any]) -> str:
    enough = proof.suffices(milestone.kind, [proof.sort_of(piece) for piece in has])
    return "" if enough else _("evidence is still missing")


def _elsewhere(milestone: Milestone, actor: Actor, reported: reports.Reports) -> list[tuple[Group, Link]]:
    """What has a page of its own."""
    found = []
    if reported.url:
        found.append((Group.PROGRESS, Link(reported.url, _("Report progress"))))
    if milestone.plan.is_active and milestone.is_open and access.may(actor, "notice.issue", milestone):
        found += _notice(milestone)
    if actor.person is not None and milestone.accountable_id == actor.person.pk:
        found.append((Group.WHO, Link(f"{reverse('me')}#deputy", _("Name a deputy for me"))))
    return found


def _notice(milestone: Milestone) -> list[tuple[Group, Link]]:
    try:
        url = f"{reverse('notice_new')}?milestone={milestone.pk}"
    except NoReverseMatch:
        url = reverse("admin:milestones_milestone_more", args=[milestone.pk, "notice"])
    return [(Group.MORE, Link(url, _("Issue a notice")))]


def _link(milestone: Milestone, action: Action) -> Link:
    label = _("Hand over") if action.name == "assign" and milestone.accountable_id else str(action.label)
    return Link(reverse("milestone_act", args=[milestone.plan.code, milestone.code, action.name]), label)


def _acts_for(milestone: Milestone, actor: Actor) -> str:
    """As whose deputy the reader acts here; empty when in their own right."""
    names = [one.display_name for one in actor.stands_in_for if one.pk == milestone.accountable_id]
    return names[0] if names else ""


def _nothing(milestone: Milestone, actor: Actor) -> str:
    if milestone.plan.state == "closed":
        return _("The plan is closed; nothing in it changes any more.")
    if milestone.state == "submitted" and actor.person and milestone.submitted_by_id == actor.person.pk:
        return _("You submitted this; somebody else of the office verifies it.")
    if milestone.state == "submitted":
        return _("It waits for the office's verification.")
    if not milestone.is_open:
        return _("Nothing is left to do here.")
    return _("Nothing waits for you here.")
