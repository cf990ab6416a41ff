"""What waits for this reader today?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import access
from milestones.actors import Actor
from milestones.models import OPEN_STATES, Comment, Milestone, Person, Plan
from milestones.models.milestones import MilestoneQuerySet
from milestones.planning.facts import SOON_WORKING_DAYS
from milestones.web.moment import Moment
from milestones.web.places import linked, listed, sentence
from milestones.web.places import rows as ledger
from milestones.web.presenters import desk
from milestones.web.presenters.desk import Ask, Elsewhere, Heap, Letter
from milestones.web.presenters.mine import Mine, Own, in_active_plans, mine
from milestones.web.presenters.rows import Row, rows

SHOWN = 12
SHOWN_OF_OFFICE = 8
NOTHING = Q()


@dataclass(frozen=True)
class Part:
    """A section: its first rows, how many there are in words, and where all of them are listed (empty: nowhere)."""

    rows: list[Row] = field(default_factory=list)
    total: str = "0"
    url: str = ""

    @property
    def is_cut(self) -> bool:
        return self.total != str(len(self.rows))


@dataclass(frozen=True)
class Office:
    """What is nobody's in particular, of all active plans."""

    to_verify: Part
    unassigned: Part
    late: Part
    letters: list[Letter]
    letters_total: str
    heaps: list[Heap]


@dataclass(frozen=True)
class Work:
    """`rest` are the open ones that are the reader's and ask for nothing yet. `office` is None for everybody else."""

    verdict: list[SafeString]
    overdue: Part
    soon: Part
    reports: Part
    rest: Part
    deputised: Part
    letters: list[Letter]
    letters_total: str
    asks: list[Ask]
    asks_total: int
    decides: bool
    mentions: list[Comment]
    elsewhere: list[Elsewhere]
    office: Office | None
    soon_days: int = SOON_WORKING_DAYS

    @property
    def has_own(self) -> bool:
        return any(part.rows for part in (self.overdue, self.soon, self.reports, self.rest))

    @property
    def has_desk(self) -> bool:
        return bool(self.letters or self.asks or self.decides or self.mentions or self.elsewhere or self.office)


def work(actor: Actor, at: Moment, absent: Sequence[Person] = ()) -> Work:
    """`absent` are the people whose deputy the reader is today."""
    person = actor.person
    assert person is not None, "the work of nobody"
    plans = in_active_plans()
    own = mine([person], None, plans, at)
    theirs = mine(absent, person, plans, at) if absent else None
    office = _office(actor, at, plans) if access.is_office(person) else None
    letters, letters_total = desk.letters(actor, at)
    asks, asks_total = desk.asks(actor, at)
    part = _Parts(actor, at, person)
    return Work(
        verdict=_verdict(own, letters_total, asks_total, office),
        overdue=part(own.overdue, show="overdue"),
        soon=part(own.near, show="soon"),
        reports=part(own.reports),
        rest=part(own.rest, state="open", more=own.more),
        deputised=part([*theirs.overdue, *theirs.near, *theirs.reports, *theirs.rest] if theirs else []),
        letters=letters,
        letters_total=desk.said(letters_total),
        asks=asks,
        asks_total=asks_total,
        decides=access.decides(actor) and office is None,
        mentions=desk.mentions(person, at),
        elsewhere=desk.elsewhere(person, _submitted(own.waiting)),
        office=office,
    )


class _Parts:
    """Sections of the reader's own milestones."""

    def __init__(self, actor: Actor, at: Moment, person: Person) -> None:
        self.actor, self.at, self.person = actor, at, person

    def __call__(self, found: Sequence[Own], *, more: bool = False, **filters: str) -> Part:
        shown = found[:SHOWN]
        reports = {one.pk: one.report for one in shown if one.report is not None}
        lines = rows([one.pk for one in shown], reports, actor=self.actor, at=self.at)
        total = f"{len(found)}+" if more else str(len(found))
        return Part(lines, total, ledger(**self._whose(), **filters) if filters else "")

    def _whose(self) -> dict[str, str]:
        """In the ledger's words: what a coordinator's unit leads, what anybody else is accountable for."""
        unit = self.person.organisation
        if unit is not None and access.coordinates(self.person, unit.pk):
            return {"lead": unit.code}
        return {"accountable": str(self.person.pk)}


def _submitted(own: Iterable[Own]) -> list[Milestone]:
    wanted = [one.pk for one in own][:SHOWN]
    return list(Milestone.objects.filter(pk__in=wanted).select_related("plan").order_by("due_on")) if wanted else []


def _office(actor: Actor, at: Moment, plans: Mapping[Any, Plan]) -> Office:
    open_ = Milestone.objects.filter(state__in=OPEN_STATES)
    submitted = Milestone.objects.submitted()
    letters, total = desk.late_letters(at)

    def part(found: Callable[[Plan], MilestoneQuerySet], url: str, besides: Q = NOTHING) -> Part:
        return _part([found(plan) for plan in plans.values()], besides, actor, at, url)

    return Office(
        to_verify=part(
            lambda plan: submitted.filter(plan=plan.pk), ledger(state="submitted"), Q(submitted_by=actor.person)
        ),
        unassigned=part(lambda plan: open_.filter(plan=plan.pk, accountable__isnull=True), ledger(show="unassigned")),
        late=part(lambda plan: open_.filter(plan=plan.pk, due_on__lt=at.today(plan.zone)), ledger(show="overdue")),
        letters=letters,
        letters_total=desk.said(total),
        heaps=desk.heaps(actor),
    )


def _part(of_plans: Sequence[MilestoneQuerySet], besides: Q, actor: Actor, at: Moment, url: str) -> Part:
    """The earliest of all, and how many there are. Each plan gives its own, from an index that sorts them; `besides`
    are counted, as in the ledger, but not for this reader to do."""
    first: list[tuple[date, Any]] = []
    for rows_ in of_plans:
        shown = rows_.exclude(besides) if besides else rows_
        first += shown.order_by("due_on").values_list("due_on", "pk")[:SHOWN_OF_OFFICE]
    earliest = [pk for _due, pk in sorted(first, key=lambda row: row[0])[:SHOWN_OF_OFFICE]]
    total = sum(rows_.order_by().count() for rows_ in of_plans)
    return Part(rows(earliest, {}, actor=actor, at=at), str(total), url)


def _verdict(own: Mine, letters: int, asks: int, office: Office | None) -> list[SafeString]:
    """One or two sentences; each number leads to its section of the page."""
    found = [_of_office(office)] if office is not None else []
    parts = [
        (letters, ngettext("%(n)s notice waits for you", "%(n)s notices wait for you", letters), "#letters"),
        (asks, ngettext("%(n)s extension to decide", "%(n)s extensions to decide", asks), "#asks"),
        (len(own.overdue), ngettext("%(n)s is overdue", "%(n)s are overdue", len(own.overdue)), "#overdue"),
        (
            len(own.near),
            ngettext("%(n)s is due within 7 working days", "%(n)s are due within 7 working days", len(own.near)),
            "#soon",
        ),
        (own.owed, ngettext("%(n)s report to file", "%(n)s reports to file", own.owed), _reports_at(own)),
    ]
    said = [sentence(words, n=linked(n, url)) for n, words, url in parts if n]
    if said:
        found.append(sentence(_("For you: %(parts)s."), parts=listed(said)))
    elif own.open:
        words = ngettext(
            "Nothing of yours is due in the next 7 working days; %(n)s milestone is open.",
            "Nothing of yours is due in the next 7 working days; %(n)s milestones are open.",
            own.open,
        )
        found.append(sentence(words, n=linked(own.open, "#rest")))
    elif office is None:
        found.append(sentence(_("Nothing waits for you.")))
    return found


def _of_office(office: Office) -> SafeString:
    parts = [
        (office.to_verify.total, _("%(n)s to verify"), "#to-verify"),
        (office.unassigned.total, _("%(n)s not yet assigned"), "#unassigned"),
        (office.late.total, _("%(n)s past due"), "#late"),
        (office.letters_total, _("%(n)s notices not answered in time"), "#late-letters"),
    ]
    said = [sentence(words, n=linked(n, url)) for n, words, url in parts if n != "0"]
    if not said:
        return sentence(_("Nothing waits for verification, none is overdue, and every open milestone has an owner."))
    return sentence(_("In the active plans: %(parts)s."), parts=listed(said))


def _reports_at(own: Mine) -> str:
    """Where the first of them stands: what is overdue or near is not listed twice."""
    if own.reports:
        return "#reports"
    return "#overdue" if any(one.report for one in own.overdue) else "#soon"
