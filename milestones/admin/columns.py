"""How do the lists say a date, an owner or a state, so that nothing is only a colour and a fuzzy date looks fuzzy?"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import health_words
from milestones.models import Milestone
from milestones.workdays.periods import FuzzyDate

HEALTH_SHAPES = {"green": "●", "yellow": "▲", "red": "■", "done": "✓", "made_up": "◐"}


def fuzzy(value: FuzzyDate | None, year: int | None = None) -> str | SafeString:
    """年内 in a dashed box that tells on hovering which day counts; an exact day plainly."""
    if value is None:
        return ""
    if not value.is_fuzzy:
        return format_html('<time datetime="{}">{}</time>', value.on.isoformat(), wording.day(value.on, year=year))
    words, counted = wording.period(value, year=year), wording.period_with_day(value, year=year)
    return format_html('<span class="fuzzy" title="{}">{}</span>', counted, words)


def fuzzy_in_full(value: FuzzyDate | None) -> str | SafeString:
    if value is None or not value.is_fuzzy:
        return fuzzy(value)
    return format_html('<span class="fuzzy">{}</span>', wording.period_with_day(value))


def due(milestone: Milestone) -> SafeString:
    """The commitment, with the mark “overdue” behind it when its day has gone by."""
    said = fuzzy(milestone.due, milestone.plan.year)
    if not milestone.is_overdue(timezone.localdate(timezone=milestone.plan.zone)):
        return format_html("{}", said)
    return format_html('{} <strong class="late">■ {}</strong>', said, _("overdue"))


def health(milestone: Milestone) -> str | SafeString:
    """Shape and word, the reason on hovering."""
    if not milestone.health:
        return ""
    why = health_words.reason(milestone.health_reason, year=milestone.plan.year)
    shape, word = HEALTH_SHAPES[milestone.health], milestone.get_health_display()
    return format_html('<span class="health health-{}" title="{}">{} {}</span>', milestone.health, why, shape, word)


def health_in_full(milestone: Milestone) -> str | SafeString:
    if not milestone.health:
        return ""
    return format_html("{} · {}", health(milestone), health_words.reason(milestone.health_reason))


def owner(milestone: Milestone) -> str | SafeString:
    if milestone.accountable is None:
        return format_html('<em class="unassigned">{}</em>', _("unassigned"))
    return str(milestone.accountable)


def carried(milestone: Milestone) -> str | SafeString:
    """From and to which milestone of another plan, as links; empty when neither."""
    found = ((_("from"), milestone.carried_from), (_("to"), getattr(milestone, "carried_to", None)))
    links = [(words, _url(one), f"{one.plan.code}/{one.code}") for words, one in found if one is not None]
    return format_html_join(" · ", '{} <a href="{}">{}</a>', links)


def _url(milestone: Milestone) -> str:
    return reverse("admin:milestones_milestone_change", args=[milestone.pk])


def state(obj: Any) -> SafeString:
    return format_html('<span class="state state-{}">{}</span>', obj.state, obj.get_state_display())
