"""Which rows stand under a milestone's form: parties to edit, evidence and date history to read?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access
from milestones.changes import labels, parts
from milestones.errors import Conflict
from milestones.models import (
    ChangeEntry,
    DateRevision,
    Evidence,
    Milestone,
    Organisation,
    Party,
    Person,
    Via,
)
from milestones.planning.operations import PartyInput

from . import columns, conflicts
from .readonly import ReadOnlyInline

PREFIX = "parties"
Key = tuple[str, str, str]


class Parties(admin.TabularInline):
    model = Party
    extra = 0
    autocomplete_fields = ("organisation", "person")
    verbose_name_plural = gettext_lazy("Parties: responsible, supporting, supervisor")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)


class EvidenceRows(ReadOnlyInline):
    model = Evidence
    fields = readonly_fields = ("content", "added_by", "created_at")
    show_change_link = True
    verbose_name_plural = gettext_lazy("Evidence")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("added_by")

    @admin.display(description=gettext_lazy("evidence"))
    def content(self, row: Evidence) -> str:
        return render_to_string("admin/lingang/piece.html", {"item": row})


class DateRevisions(ReadOnlyInline):
    model = DateRevision
    fields = readonly_fields = ("at", "which", "shown_old", "shown_new", "why", "shown_actor", "shown_via")
    verbose_name_plural = gettext_lazy("Date history")
    ordering = ("-at", "-id")

    @admin.display(description=gettext_lazy("old date"))
    def shown_old(self, row: DateRevision) -> str:
        return columns.fuzzy_in_full(row.old) or "—"

    @admin.display(description=gettext_lazy("new date"))
    def shown_new(self, row: DateRevision) -> str:
        return columns.fuzzy_in_full(row.new) or "—"

    @admin.display(description=gettext_lazy("reason"))
    def why(self, row: DateRevision) -> str:
        return row.why

    @admin.display(description=gettext_lazy("by"))
    def shown_actor(self, row: DateRevision) -> str:
        return labels.who(row.actor_label)

    @admin.display(description=gettext_lazy("way in"))
    def shown_via(self, row: DateRevision) -> str:
        return str(dict(Via.choices).get(row.via, row.via))


def party_inputs(formsets: list[Any]) -> list[PartyInput] | None:
    """The whole list as typed; None when nothing was typed in it."""
    formset = next((f for f in formsets if f.model is Party), None)
    if formset is None or not formset.has_changed():
        return None
    kept = [form for form in formset.forms if form.cleaned_data and form not in formset.deleted_forms]
    return [PartyInput(f.cleaned_data["role"], f.cleaned_data["organisation"], f.cleaned_data["person"]) for f in kept]


# Two at once on the same parties --------------------------------------------------------------------------------------
def merge_parties(
    request: HttpRequest, milestone: Milestone, conflict: Conflict, shown: conflicts.Comparison
) -> conflicts.Comparison:
    """As `conflicts.compare` for fields: the typed list over the present rows, or the present rows when untouched."""
    if PREFIX not in conflict.fields:
        return shown
    data = request.POST.copy()
    present = {_key(party): party for party in milestone.parties.all()}
    opened, typed = _opened(milestone, shown.version), _typed(data)
    _write(data, milestone, present, typed if typed != opened else set(present))
    request.POST = data  # type: ignore[assignment]
    row = conflicts.Row(_("parties"), _words(set(present)), _words(typed) if typed != opened else "")
    return replace(shown, rows=[*shown.rows, row])


def _key(party: Party) -> Key:
    return (party.role, str(party.organisation_id), str(party.person_id or ""))


def _opened(milestone: Milestone, version: int) -> set[Key]:
    later = ChangeEntry.objects.of(milestone).filter(version__gt=version)
    first = next(entry.changes[PREFIX][0] for entry in later if PREFIX in entry.changes)
    return {(role, organisation, person or "") for role, organisation, person in first or []}


def _typed(data: QueryDict) -> set[Key]:
    rows = range(int(data.get(f"{PREFIX}-TOTAL_FORMS") or 0))
    names = ("role", "organisation", "person")
    keys = [
        tuple(data.get(f"{PREFIX}-{row}-{name}", "") for name in names)
        for row in rows
        if not data.get(f"{PREFIX}-{row}-DELETE")
    ]
    return {(role, organisation, person) for role, organisation, person in keys if role and organisation}


def _write(data: QueryDict, milestone: Milestone, present: dict[Key, Party], wanted: set[Key]) -> None:
    for name in [name for name in data if name.startswith(f"{PREFIX}-")]:
        del data[name]
    added = sorted(wanted - set(present))
    for number, key in enumerate([*present, *added]):
        row = dict(zip(("role", "organisation", "person"), key, strict=True)) | {"milestone": str(milestone.pk)}
        row |= {"id": str(present[key].pk)} if key in present else {}
        row |= {"DELETE": "on"} if key not in wanted else {}
        data.update({f"{PREFIX}-{number}-{name}": value for name, value in row.items()})
    counts = {"TOTAL": len(present) + len(added), "INITIAL": len(present), "MIN_NUM": 0, "MAX_NUM": 1000}
    data.update({f"{PREFIX}-{name}_FORMS": str(count) for name, count in counts.items()})


def _words(keys: set[Key]) -> str:
    units = Organisation.objects.in_bulk([organisation for _role, organisation, _person in keys])
    people = Person.objects.in_bulk([person for _role, _organisation, person in keys if person])
    names = {str(pk): str(row) for pk, row in (*units.items(), *people.items())}
    said = [parts.party(role, names.get(unit, ""), names.get(person, "")) for role, unit, person in sorted(keys)]
    return "; ".join(said) or _("(empty)")
