"""Which notices were issued, how many of each kind are there, and which still wait for an answer?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.models import OPEN_NOTICES, Notice, NoticeLevel, NoticeState, Organisation
from milestones.notices import words
from milestones.web.moment import Moment
from milestones.workdays import Calendar

SHOWN = 50
OPEN = "open"  # issued or signed for: an answer is still to come


@dataclass(frozen=True)
class Asked:
    """What the address says; words that nobody knows are left out. `before`: the page begins after (year, number)."""

    level: str = ""
    state: str = ""
    organisation: str = ""
    year: int | None = None
    late: bool = False
    before: tuple[int, int] | None = None

    @classmethod
    def read(cls, given: Any) -> Asked:
        state, year = given.get("state", ""), given.get("year", "")
        return cls(
            level=given.get("level", "") if given.get("level") in NoticeLevel.values else "",
            state=state if state in (OPEN, *NoticeState.values) else "",
            organisation=given.get("organisation", ""),
            year=int(year) if year.isdecimal() and len(year) == 4 else None,
            late=given.get("late") == "1",
            before=_cursor(given.get("before", "")),
        )

    def url(self, **changed: Any) -> str:
        words = {
            "level": self.level,
            "state": self.state,
            "organisation": self.organisation,
            "year": self.year,
            "late": "1" if self.late else "",
        } | changed
        return "?" + urlencode({name: value for name, value in words.items() if value})

    @property
    def narrows(self) -> bool:
        return bool(self.level or self.state or self.organisation or self.year or self.late)


@dataclass(frozen=True)
class Choice:
    """A link that sets a filter, or lifts it when it is on."""

    code: str
    label: str
    url: str
    is_on: bool
    count: int


@dataclass(frozen=True)
class Row:
    """`late` is in words, empty when there is nothing to say; `is_open`: the answer is still to come."""

    notice: Notice
    number: str
    level: str
    late: str
    is_overdue: bool


@dataclass(frozen=True)
class NoticeList:
    rows: list[Row]
    levels: list[Choice]
    states: list[Choice]
    late: Choice
    years: list[int]
    organisations: list[Organisation]
    asked: Asked
    total: int
    following: str
    may_issue: bool


def notice_list(actor: Actor, asked: Asked, at: Moment) -> NoticeList:
    """A constant number of queries; a page begins after a number, whatever came since."""
    today = at.today()
    everything = access.visible(Notice.objects.all(), actor)
    within = everything.filter(**_period(asked))
    counts = within.aggregate(total=Count("pk"), **_counted(today))
    found = list(_page(_narrowed(within, asked, today), asked))
    return NoticeList(
        rows=[_row(notice, today, at.calendar) for notice in found[:SHOWN]],
        levels=[_choice("level", code, words.level(code), asked, counts) for code in NoticeLevel.values],
        states=[_choice("state", code, label, asked, counts) for code, label in _states()],
        late=Choice(
            "late", _("not answered in time"), asked.url(late="" if asked.late else "1"), asked.late, counts["late"]
        ),
        years=list(everything.order_by("-year").values_list("year", flat=True).distinct()),
        organisations=_organisations(everything),
        asked=asked,
        total=counts["total"],
        following=_following(found, asked),
        may_issue=access.may(actor, "notice.issue"),
    )


def _period(asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {"year": asked.year} if asked.year else {}
    return found | ({"organisation__code": asked.organisation} if asked.organisation else {})


def _states() -> list[tuple[str, str]]:
    return [(OPEN, _("answer to come")), *((code, str(label)) for code, label in NoticeState.choices)]


def _counted(today: date) -> dict[str, Count]:
    levels = {f"level_{code}": Count("pk", filter=Q(level=code)) for code in NoticeLevel.values}
    states = {f"state_{code}": Count("pk", filter=Q(state=code)) for code in NoticeState.values}
    waits = {"state_open": Count("pk", filter=Q(state__in=OPEN_NOTICES)), "late": Count("pk", filter=_overdue(today))}
    return levels | states | waits


def _overdue(today: date) -> Q:
    return Q(state__in=OPEN_NOTICES, respond_by__lt=today)


def _narrowed(rows: QuerySet[Notice], asked: Asked, today: date) -> QuerySet[Notice]:
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.state:
        rows = rows.filter(state__in=OPEN_NOTICES if asked.state == OPEN else [asked.state])
    return rows.filter(_overdue(today)) if asked.late else rows


def _page(rows: QuerySet[Notice], asked: Asked) -> Iterable[Notice]:
    if asked.before is not None:
        year, number = asked.before
        rows = rows.filter(Q(year__lt=year) | Q(year=year, number__lt=number))
    near = ("organisation", "milestone__plan", "signed_by", "replied_by")
    return rows.select_related(*near).order_by("-year", "-number")[: SHOWN + 1]


def _row(notice: Notice, today: date, calendar: Calendar) -> Row:
    return Row(
        notice=notice,
        number=words.number(notice),
        level=words.level(notice.level),
        late=words.lateness(notice, today, calendar),
        is_overdue=notice.is_open and notice.respond_by < today,
    )


def _choice(name: str, code: str, label: str, asked: Asked, counts: dict[str, int]) -> Choice:
    is_on = getattr(asked, name) == code
    return Choice(code, label, asked.url(**{name: "" if is_on else code}), is_on, counts[f"{name}_{code}"])


def _organisations(everything: QuerySet[Notice]) -> list[Organisation]:
    """Those that ever got one."""
    return list(Organisation.objects.filter(pk__in=everything.order_by().values("organisation")).order_by("code"))


def _following(found: list[Notice], asked: Asked) -> str:
    if len(found) <= SHOWN:
        return ""
    last = found[SHOWN - 1]
    return asked.url(before=f"{last.year}-{last.number}")


def _cursor(text: str) -> tuple[int, int] | None:
    year, _dash, number = text.partition("-")
    return (int(year), int(number)) if year.isdecimal() and number.isdecimal() else None
