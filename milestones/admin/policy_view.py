"""What does the page of a policy tell: who follows it, what changes tomorrow, what each step said when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.models import Milestone, Plan, ReminderPolicy, StepVersion, Workstream
from milestones.reminders import resolution
from milestones.reminders.resolution import Chosen, Users, in_force

from .policy_steps import rungs, tomorrow, words

SHOWN = 12  # of a kind


def counted(policies: QuerySet[Any], day: date) -> QuerySet[Any]:
    """With the number of steps on `day`, and of plans, workstreams and milestones that name each."""
    on_day = Q(steps__versions__effective_from__lte=day) & (
        Q(steps__versions__effective_until=None) | Q(steps__versions__effective_until__gt=day)
    )
    counts: dict[str, Any] = {f"of_{model._meta.model_name}": _how_many(model) for model in KINDS}
    return policies.annotate(total=Count("steps__versions", filter=on_day), **counts)


KINDS: tuple[Any, ...] = (Plan, Workstream, Milestone)


def _how_many(model: Any) -> Coalesce:
    rows = model._default_manager.filter(policy=OuterRef("pk")).order_by()
    return Coalesce(
        Subquery(rows.annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("n")), 0
    )


def chosen_by(policy: Any) -> str:
    """“1 plan, 3 milestones”; for the default one also whoever chose none."""
    counts = [(model, getattr(policy, f"of_{model._meta.model_name}")) for model in KINDS]
    said = [str(Users(model._default_manager.none(), count)) for model, count in counts if count]
    said += [_("all that choose none")] if policy.is_default else []
    return _(", ").join(said) or "—"


def users(policy: ReminderPolicy) -> str | SafeString:
    """A line a kind, the first rows of each as links."""
    lines = [(str(found), _links(found), _more(found)) for found in resolution.used_by(policy)]
    return format_html_join("", "<div>{}: {}{}</div>", lines) or "—"


def followers(policy: ReminderPolicy) -> str:
    count = resolution.followers(policy).count()
    words = ngettext(
        "%(n)s open milestone of an active plan is reminded of its deadline by it.",
        "%(n)s open milestones of active plans are reminded of their deadlines by it.",
        count,
    ) % {"n": count}
    everybody = _("All that choose no policy follow it.")
    return f"{words} {everybody}" if policy.is_default else words


def silent_ones(policy: ReminderPolicy) -> str:
    """How many milestones change to it when it is made the default."""
    count = resolution.followers(policy, names_it=False).count()
    return ngettext(
        "%(n)s open milestone of an active plan names no policy and follows this one from now on.",
        "%(n)s open milestones of active plans name no policy and follow this one from now on.",
        count,
    ) % {"n": count}


@dataclass(frozen=True)
class News:
    """A step that says something else tomorrow; `today` or `then` is empty when it has not begun, or ends."""

    code: str
    today: str
    then: str


def news(policy: ReminderPolicy) -> list[News]:
    """What is not yet, or no longer, as the form below shows it."""
    day = tomorrow()
    before = {version.step.code: version for version in rungs(policy, day - timedelta(days=1))}
    after = {version.step.code: version for version in rungs(policy, day)}
    changed = [code for code in {**after, **before} if _pk(before.get(code)) != _pk(after.get(code))]
    return [News(code, _said(before.get(code)), _said(after.get(code))) for code in changed]


def versions(policy: ReminderPolicy) -> SafeString:
    found = StepVersion.objects.filter(step__policy=policy).select_related("step").order_by("step__code", "number")
    rows = format_html_join(
        "",
        "<tr><td>{}</td><td>{}</td><td class='said'>{}</td><td class='days'>{} – {}</td><td>{}</td></tr>",
        ((v.step.code, v.number, words(v), v.effective_from, v.effective_until or "", _standing(v)) for v in found),
    )
    head = (_("code"), _("number"), _("step"), _("effective"), _("standing"))
    cells = format_html_join("", "<th scope='col'>{}</th>", ((word,) for word in head))
    return format_html("<div class='wide'><table class='versions'><tr>{}</tr>{}</table></div>", cells, rows)


def of_milestone(milestone: Milestone) -> SafeString:
    """The steps that count for it today, each with where it comes from."""
    found = resolution.resolved(milestone, timezone.localdate(timezone=milestone.plan.zone))
    if found.policy is None:
        return format_html("{}", _("There is no default policy."))
    rows = format_html_join(
        "",
        "<tr><td>{}</td><td class='said'>{}</td><td><a href='{}'>{}</a> · {}</td></tr>",
        ((rung.version.step.code, words(rung.version), *_source(rung.chosen)) for rung in found.steps),
    )
    head = format_html_join("", "<th scope='col'>{}</th>", ((word,) for word in (_("code"), _("step"), _("from"))))
    return format_html("<div class='wide'><table class='versions'><tr>{}</tr>{}</table></div>", head, rows)


def _source(chosen: Chosen) -> tuple[str, ReminderPolicy, Any]:
    return _url("reminderpolicy", chosen.policy), chosen.policy, chosen.origin.label


def _standing(version: StepVersion) -> str:
    today = timezone.localdate()
    if in_force(version, today):
        return _("in force")
    return _("to come") if version.effective_from > today else _("over")


def _pk(version: StepVersion | None) -> Any:
    return version and version.pk


def _said(version: StepVersion | None) -> str:
    return words(version) if version is not None else ""


def _links(found: Users) -> SafeString:
    name = found.rows.model._meta.model_name
    return format_html_join(_(", "), "<a href='{}'>{}</a>", ((_url(name, row), row) for row in found.rows[:SHOWN]))


def _more(found: Users) -> str:
    return "" if found.count <= SHOWN else _(", ") + _("and %(n)s more") % {"n": found.count - SHOWN}


def _url(name: Any, row: Any) -> str:
    return reverse(f"admin:milestones_{name}_change", args=[row.pk])
