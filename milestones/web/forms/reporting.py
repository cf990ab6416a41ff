"""What is said in a report? On a phone, in a minute; a draft of it holds whatever of it is readable."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones import marking
from milestones.models import Milestone, ReportDraft, StatusReport
from milestones.web.forms.dates import FuzzyDateField
from milestones.web.forms.obstacles import ObstaclesField
from milestones.web.forms.refusing import RefusingForm

LONGEST = 4000
KEEP, CHANGE = "keep", "change"
WRITTEN = ("as_of", "progress", "forecast", "done", "obstacles", "help_needed")
TEXTS = ("done", "obstacles", "help_needed")
PHOTOS = {"accept": "image/*,.heic,.heif"}


def a_text(label: Any, *, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea({"rows": rows}), **options)


def in_per_cent(label: Any) -> forms.IntegerField:
    widget = forms.NumberInput({"inputmode": "numeric", "min": 0, "max": 100})
    return forms.IntegerField(label=label, min_value=0, max_value=100, widget=widget)


class ReportForm(RefusingForm):
    """`version` is that of the draft that its writer left, empty when there was none. `forecast_is` says that the
    forecast stays what it is, or that the one beside it is meant."""

    aliases = {"file": "photo", "file_name": "photo"}
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    progress = in_per_cent(_("How far is it?"))
    forecast_is = forms.ChoiceField(
        label=_("When is it expected?"),
        choices=[(KEEP, _("as before")), (CHANGE, _("another date"))],
        widget=forms.RadioSelect,
        required=False,
    )
    forecast = FuzzyDateField(label=_("Expected"), required=False)
    done = a_text(_("What was done?"), rows=3, required=False)
    obstacles = ObstaclesField(label=_("What stands in the way?"))
    help_needed = a_text(_("Whose help is needed for what?"), rows=2, required=False)
    as_of = forms.DateField(label=_("As of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    photo = forms.FileField(label=_("Photo of the site"), required=False, widget=forms.FileInput(PHOTOS))

    @classmethod
    def of(
        cls,
        milestone: Milestone,
        today: date,
        draft: ReportDraft | StatusReport | None,
        last: StatusReport | None,
        data: Any = None,
        files: Any = None,
    ) -> ReportForm:
        """Begun with the draft, else with what was said last."""
        said: dict[str, Any] = {"as_of": today, "progress": last.progress if last else None}
        said["forecast"] = milestone.forecast
        if draft is not None:
            said |= {name: getattr(draft, name) for name in WRITTEN if name != "as_of"}
            said["as_of"] = draft.as_of or today
        if isinstance(draft, ReportDraft):
            said["version"] = draft.version
        said["forecast_is"] = KEEP if said["forecast"] == milestone.forecast else CHANGE
        form = cls(data, files, initial=said)
        form.before = milestone.forecast
        return form

    before: Any = None

    def clean(self) -> dict[str, Any]:
        """Where the forecast stays, whatever stands in the hidden fields is not meant."""
        given = super().clean() or {}
        if given.get("forecast_is") == KEEP:
            self.errors.pop("forecast", None)
            given["forecast"] = self.before
        return given

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in WRITTEN}

    def readable(self) -> tuple[dict[str, Any], list[str]]:
        """What a draft can hold: the values that are some, without the sentences that carry a marking, and the names
        of the fields in which such a sentence stood."""
        values = {name: self.cleaned_data[name] for name in WRITTEN if name in self.cleaned_data}
        marked = [name for name in TEXTS if marking.find(values.get(name, ""))]
        return values | {name: without_markings(values[name]) for name in marked}, marked


def without_markings(text: str) -> str:
    """The text without each sentence in which a marking stands."""
    while found := marking.find(text):
        lines = text.splitlines()
        line, at = lines[found.line - 1], found.column - 1
        begins = max((line.rfind(end, 0, at) for end in "。；！？;!?"), default=-1) + 1
        ends = min((place for end in "。；！？;!?" if (place := line.find(end, at)) >= 0), default=len(line) - 1) + 1
        lines[found.line - 1] = line[:begins] + line[ends:]
        text = "\n".join(lines)
    return text.strip()
