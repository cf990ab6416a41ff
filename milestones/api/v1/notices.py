"""/notices: what was issued to whom, signed for and answered. Only read: issuing and answering are acts of people."""

from __future__ import annotations

from typing import ClassVar

import django_filters

from milestones.models import NoticeLevel, NoticeState

from ..filters import OfMilestone, WholeFilter
from ..resources import Resource


class NoticeFilters(OfMilestone):
    level = django_filters.ChoiceFilter(choices=NoticeLevel.choices)
    state = django_filters.ChoiceFilter(choices=NoticeState.choices)
    organisation = django_filters.CharFilter(field_name="organisation__code")
    year = WholeFilter()
    issued_before = django_filters.DateFilter(field_name="issued_on", lookup_expr="lte")
    issued_after = django_filters.DateFilter(field_name="issued_on", lookup_expr="gte")
    respond_before = django_filters.DateFilter(field_name="respond_by", lookup_expr="lte")
    respond_after = django_filters.DateFilter(field_name="respond_by", lookup_expr="gte")


class Notices(Resource):
    entity = "notice"
    filters = NoticeFilters
    orderings: ClassVar = {"issued_on": "issued_on", "respond_by": "respond_by", **Resource.orderings}
