"""What stands around every page: where can this reader go, and what day is it?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from milestones import access
from milestones.models import Person, Plan
from milestones.web.day import DayStrip, strip
from milestones.web.moment import moment
from milestones.web.reader import absent
from milestones.web.warnings import Warning, warnings  # noqa: A004 - no exception


@dataclass(frozen=True)
class Entry:
    """A way to a page. `short` is its word on the phone's tab bar; a page that does not exist has no entry."""

    label: str
    short: str
    url: str
    is_here: bool = False


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
        """The table of contents of the site."""
        if self.person is None:
            return []
        found = [self._entry(_("My work"), _("Work"), reverse("my_work"), "my_work")]
        if self.plan_url:
            found.append(self._entry(_("Overview"), _("Overview"), self.plan_url, "plan", "milestone", "milestone_act"))
        found.append(self._entry(_("Plans"), _("Plans"), reverse("plans"), "plans"))
        if access.may_enter_admin(self.person):
            found.append(self._entry(_("Office workbench"), _("Office"), reverse("admin:index")))
        return found

    @cached_property
    def me(self) -> Entry:
        return self._entry(_("My settings"), _("Me"), reverse("me"), "me", "account_change_password")

    @cached_property
    def acting_for(self) -> list[str]:
        """The names of those for whom the reader may act today."""
        return [one.display_name for one in absent(self.request)] if self.person else []

    @cached_property
    def warnings(self) -> list[Warning]:
        """What the office, and only the office, is told above every page."""
        return warnings(self.request) if access.may_enter_admin(self.person) else []

    @cached_property
    def plan_url(self) -> str:
        """The plan at hand, else the one that people want to see first; empty when there is none to see."""
        match = self.request.resolver_match
        if match and (code := match.kwargs.get("plan")):
            return reverse("plan", args=[code])
        plan = access.visible(Plan.objects.current_first(), self.person).first()
        return reverse("plan", args=[plan.code]) if plan else ""

    @property
    def path(self) -> str:
        """Where a choice of language leads back to."""
        return self.request.get_full_path() if self.request.method == "GET" else "/"

    def _entry(self, label: str, short: str, url: str, *names: str) -> Entry:
        match = self.request.resolver_match
        return Entry(label, short, url, bool(match and match.url_name in names))


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: nothing is asked of the database until a template uses it."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
