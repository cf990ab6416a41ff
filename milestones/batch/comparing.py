"""Which rows differ from what is stored, in what, and may they bring their references?"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET

from milestones.changes import refs
from milestones.errors import Duplicate, RuleBroken
from milestones.models import Milestone
from milestones.planning import references

from . import beside, diff, lookups
from .aiming import Aimed
from .match import Found, Stored
from .rows import Row
from .writes import Candidate, Refs


class Comparison:
    """Rows beside what is stored; two queries for what belongs to the milestones, if any row speaks of it."""

    def __init__(self, aimed: Sequence[Aimed], found: Found) -> None:
        self.found = found
        self.parties = beside.parties([one.stored.id for one in aimed if one.stored and one.row.parties is not UNSET])
        self.refs = refs.of(Milestone, [one.stored.id for one in aimed if one.stored and _brings_refs(one)])

    def candidate(self, one: Aimed) -> Candidate | None:
        """None when the row says what is stored. Raises RuleBroken, Duplicate."""
        if one.stored is None:
            return self._new(one.index, one.row)
        return self._changed(one, one.row, one.stored)

    def _new(self, index: int, row: Row) -> Candidate:
        if row.plan is UNSET:
            raise RuleBroken(_("This is needed."), field="plan", code="missing")
        plan = lookups.known(self.found.plans.get(str(row.plan)), str(row.plan), "plan")
        names = _listed(row, [])
        self._check_refs(row, [], names, None)
        moved: tuple[Refs, Refs] | None = ([], names) if names else None
        return Candidate(index, row, plan, None, diff.said(row), row.parties is not UNSET, refs=moved)

    def _changed(self, one: Aimed, row: Row, stored: Stored) -> Candidate | None:
        if row.plan is not UNSET and row.plan != stored.plan:
            words = _("A milestone stays in its plan; carry it over instead.")
            raise RuleBroken(words, field="plan", code="other_plan")
        names = diff.touched(row, stored)
        standing = self.parties.get(stored.id, []) if row.parties is not UNSET else []
        with_parties = row.parties is not UNSET and not beside.same_parties(row.parties, standing)
        moved = self._moved(row, stored) if _brings_refs(one) else None
        if not names and not with_parties and moved is None:
            return None
        old = beside.recorded(standing) if with_parties else []
        return Candidate(one.index, row, self.found.plans[stored.plan], stored, names, with_parties, old, moved)

    def _moved(self, row: Row, stored: Stored) -> tuple[Refs, Refs] | None:
        """(before, after). A ref that is new here is attached to the milestone that plan and code name, unless the
        same system has another name for that: then one of the two is a mistake."""
        old = self.refs.get(stored.id, [])
        new = _listed(row, old)
        self._check_refs(row, old, new, stored)
        own = row.ref.system if row.ref and row.external_refs is UNSET else None
        if new != old and own in {system for system, _external in old}:
            words = _("“%(system)s” knows this milestone under another reference; correct the code, or that reference.")
            raise Duplicate(words % {"system": own}, field="code")
        return (old, new) if new != old else None

    def _check_refs(self, row: Row, old: Refs, new: Refs, stored: Stored | None) -> None:
        """Only what is new: what stands was checked when it came."""
        if row.external_refs and len(set(row.external_refs)) < len(row.external_refs):
            message = _("One reference stands here twice; remove one of them.")
            raise RuleBroken(message, field=references.FIELD, code="twice")
        if len(new) > references.MOST:
            words = _("At most %(most)s external references belong to one object.")
            raise RuleBroken(words % {"most": references.MOST}, field=references.FIELD, code="too_many")
        for system, external in new:
            if [system, external] not in old:
                self._check_new(row, (system, external), stored)

    def _check_new(self, row: Row, ref: tuple[str, str], stored: Stored | None) -> None:
        field = "ref" if row.ref and row.ref.key == ref else references.FIELD
        references.check_one(*ref, field=field)
        owner = self.found.refs.get(ref)
        if owner is not None and (stored is None or owner != stored.id):
            raise Duplicate(_("This is already taken; choose another."), field=field)


def _brings_refs(one: Aimed) -> bool:
    """Whether its external references may change."""
    return one.row.external_refs is not UNSET or not (one.by_ref or one.row.ref is UNSET)


def _listed(row: Row, old: Refs) -> Refs:
    """As history records them."""
    kept = {(system, external) for system, external in old} if row.external_refs is UNSET else set()
    return sorted([system, external] for system, external in kept.union(ref.key for ref in row.refs))
