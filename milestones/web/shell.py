"""What stands around every page: where can this reader go, and what day is it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from milestones import access
from milestones.models import Person
from milestones.web import waiting
from milestones.web.day import DayStrip, strip
from milestones.web.moment import moment
from milestones.web.reader import absent, actor, plans
from milestones.web.warnings import Warning, warnings  # noqa: A004 - no exception

OF_A_MILESTONE = ("milestone", "milestone_act", "milestone_new")
REMINDERS = ("reminder_centre", "reminders_coming", "reminders_why", "reminders_outbox")
TABS = ("my_work", "plan", "ledger", "approvals")
NO_ARGS: list[str] = []


@dataclass(frozen=True)
class Entry:
    """A way to a page; `name` is that of its address, `count` how much waits there."""

    name: str
    label: str
    url: str
    is_here: bool = False
    count: int = 0


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def person(self) -> Person | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Person) else None

    @cached_property
    def day(self) -> DayStrip:
        at = moment(self.request)
        return strip(at.today(), at.calendar)

    @cached_property
    def entries(self) -> list[Entry]:
        """The table of contents of the site, as far as this reader may go."""
        if self.person is None:
            return []
        return [entry for entry in self._contents() if entry is not None]

    def _contents(self) -> Iterator[Entry | None]:
        plan = [self.plan_code] if self.plan_code else None
        yield self._entry(_("My work"), "my_work", ["my_work"])
        yield self._entry(_("Overview"), "plan", ["plan", "plans", *OF_A_MILESTONE], plan)
        yield self._entry(_("Wall chart"), "wallchart", ["wallchart", "trend"], plan)
        yield self._entry(_("Ledger"), "ledger", ["ledger"])
        yield self._entry(_("Targets"), "targets", ["targets", "target", "target_record", "target_paste"], plan)
        yield self._counted(self._entry(_("Approvals"), "approvals", ["approvals", "approval"]))
        yield self._entry(_("Notices"), "notices", ["notices", "notice", "notice_act", "notice_new"])
        yield self._entry(_("Calendar"), "calendar", ["calendar"])
        if self.is_office:
            yield self._entry(_("Reminders"), "reminder_centre", [*REMINDERS])
            yield self._entry(_("Workbench"), "admin:index", [])

    def _counted(self, entry: Entry | None) -> Entry | None:
        return replace(entry, count=waiting.count(actor(self.request))) if entry is not None else None

    @cached_property
    def tabs(self) -> list[Entry]:
        """What stands at the foot of a phone's screen, four pages; the fifth tab leads to the map of the site."""
        return [entry for entry in self.entries if entry.name in TABS]

    @cached_property
    def plans(self) -> Entry | None:
        return self._entry(_("All plans"), "plans", ["plans"])

    @cached_property
    def me(self) -> Entry:
        found = self._entry(_("My settings"), "me", ["me", "account_change_password"])
        assert found is not None
        return found

    @cached_property
    def acting_for(self) -> list[str]:
        """The names of those for whom the reader may act today."""
        return [one.display_name for one in absent(self.request)] if self.person else []

    @cached_property
    def warnings(self) -> list[Warning]:
        """What the office, and only the office, is told above every page."""
        return warnings(self.request) if self.is_office else []

    @property
    def is_office(self) -> bool:
        return access.may_enter_admin(self.person)

    @cached_property
    def plan_code(self) -> str:
        """The plan at hand, else the one that people want to see first; empty when there is none to see."""
        match = self.request.resolver_match
        if match and (code := match.kwargs.get("plan")):
            return str(code)
        return next((plan.code for plan in plans(self.request)), "") if self.person else ""

    @property
    def plan_url(self) -> str:
        return reverse("plan", args=[self.plan_code]) if self.plan_code else ""

    @property
    def path(self) -> str:
        """Where a choice of language leads back to."""
        return self.request.get_full_path() if self.request.method == "GET" else "/"

    def _entry(self, label: str, name: str, here: list[str], args: list[str] | None = NO_ARGS) -> Entry | None:
        """None for a page that does not exist, or that has no plan to show."""
        if args is None:
            return None
        try:
            url = reverse(name, args=args)
        except NoReverseMatch:
            return None
        match = self.request.resolver_match
        return Entry(name, label, url, bool(match and match.url_name in here))


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: nothing is asked of the database until a template uses it."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
