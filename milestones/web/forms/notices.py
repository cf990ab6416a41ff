"""What may be said to a notice: that it arrived, an answer, why it is cancelled; and what a new one says."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, Notice, NoticeLevel, Organisation
from milestones.notices import rules, words
from milestones.notices.matters import matter_for
from milestones.web.forms.refusing import RefusingForm


class SignForm(RefusingForm):
    """Pressing the button is all."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, notice: Notice, data: Any = None) -> None:
        super().__init__(data, initial={"version": notice.version}, auto_id=f"{type(self).__name__.lower()}-%s")


class ReplyForm(SignForm):
    reply = forms.CharField(
        label=_("Answer"),
        max_length=rules.REPLY_LENGTH,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("The cause, what you do about it, and a date that can be checked. Nothing classified."),
    )


class CancelForm(SignForm):
    reason = forms.CharField(
        label=_("Why it is cancelled"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Its number stays used; whoever was told of it is told of this."),
    )


class IssueForm(RefusingForm):
    """A new notice about a milestone, whose version the reader saw. The matter is suggested for each level."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.ChoiceField(label=_("Level"), widget=forms.RadioSelect)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Issued to"), empty_label=None)
    matter = forms.CharField(
        label=_("Matter"),
        required=False,
        max_length=rules.MATTER_LENGTH,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("One matter. Left empty it asks what fits the level and the date. Nothing classified."),
    )
    respond_days = forms.IntegerField(
        label=_("Working days for the answer"), required=False, min_value=1, max_value=rules.MOST_DAYS
    )

    def __init__(self, milestone: Milestone, data: Any = None, *, today: date) -> None:
        level = NoticeLevel.YELLOW if milestone.is_overdue(today) else NoticeLevel.BLUE
        self.suggested = {code: matter_for(milestone, code, today=today) for code in NoticeLevel.values}
        first = {"version": milestone.version, "level": level, "organisation": milestone.lead_id}
        super().__init__(data, initial=first | {"matter": self.suggested[level]}, auto_id="issue-%s")
        levels: Any = self.fields["level"]
        levels.choices = [(code, words.level(code)) for code in NoticeLevel.values]
        units: Any = self.fields["organisation"]
        takes_part = Q(pk=milestone.lead_id) | Q(parties__milestone=milestone)
        units.queryset = Organisation.objects.active().filter(takes_part).distinct()
        self.fields["respond_days"].help_text = _("Left empty: blue %(blue)s, yellow %(yellow)s, red %(red)s.") % {
            code: rules.RESPOND_DAYS[code] for code in NoticeLevel.values
        }

    def clean(self) -> dict[str, Any]:
        """What was suggested for another level gives way to what is suggested for the chosen one."""
        given = super().clean() or self.cleaned_data
        matter, level = given.get("matter", "").strip(), given.get("level")
        if level and _plain(matter) in ("", *map(_plain, self.suggested.values())):
            given["matter"] = self.suggested[level]
        return given


def _plain(text: str) -> str:
    return " ".join(text.split())
