"""Is every noun told as the contract has it, whichever database tells it?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.models import Milestone
from milestones.models.base import Versioned
from milestones.shapes import FEED, SHAPES, Reader, Shape, entity_of, model_name_of
from milestones.shapes.base import Listed
from tests.cast import Cast
from tests.shapes.restated import expected

EVERY = pytest.mark.parametrize("entity", SHAPES)
ALL = "id version created_at updated_at external_refs"
CONTRACT = {
    "milestone": f"{ALL} plan workstream code title title_en kind stage description criterion weight state health"
    " health_reason accountable lead parties baseline due forecast actual parent source_span",
    "plan": f"{ALL} code title year starts_on ends_on time_zone state",
    "workstream": f"{ALL} plan code title position lead",
    "organisation": f"{ALL} code name short_name kind parent active",
    "person": f"{ALL} email display_name organisation language time_zone active",
    "target": f"{ALL} plan workstream code name unit measure bound value value_max",
    "reading": f"{ALL} target as_of value source provisional revises",
    "dependency": f"{ALL} predecessor successor lag",
    "comment": f"{ALL} milestone author text",
    "status_report": f"{ALL} milestone as_of progress forecast done obstacles help_needed state",
    "evidence": f"{ALL} milestone title url file_name size sha256 media_type state",
    "extension": f"{ALL} milestone due reason progress late state",
    "notice": f"{ALL} number milestone level organisation issued_on respond_by signed_at reply",
    "reminder": f"{ALL} milestone recipient step day channel state reason",
    "webhook": f"{ALL} url events description",
}


def told(entity: str, *, people: bool = True, fields: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """id → what the shape tells."""
    shape = SHAPES[entity]
    return {
        str(pk): json.loads(text) for pk, text in shape.rows(everything(shape), Reader(people), "pk", fields=fields)
    }


def everything(shape: Shape) -> Any:
    return shape.model._default_manager.order_by("pk")


@EVERY
@pytest.mark.parametrize("people", [True, False])
def test_the_database_tells_every_row_as_python_would(furnished: Cast, entity: str, people: bool) -> None:
    rows = {str(row.pk): expected(entity, row, people=people) for row in everything(SHAPES[entity])}

    assert rows
    assert told(entity, people=people) == rows


@EVERY
def test_every_field_of_the_contract_is_there(furnished: Cast, entity: str) -> None:
    for row in told(entity).values():
        assert set(CONTRACT[entity].split()) <= set(row)
        assert set(row) == set(SHAPES[entity].fields)


@EVERY
def test_a_page_is_one_query_and_one_for_each_list(furnished: Cast, entity: str) -> None:
    lists = sum(isinstance(field, Listed) for field in SHAPES[entity].fields.values())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        told(entity)

    assert len(queries) == 1 + lists
    assert lists == {"milestone": 2, "person": 2}.get(entity, 1)


@EVERY
def test_without_rows_nothing_else_is_asked(db: None, entity: str, django_assert_num_queries: Any) -> None:
    shape = SHAPES[entity]
    with django_assert_num_queries(1):
        assert list(shape.rows(shape.model._default_manager.filter(pk=None), Reader())) in ([], [])


@EVERY
def test_no_address_reaches_who_may_not_see_people(furnished: Cast, entity: str) -> None:
    shape = SHAPES[entity]
    texts = [text for (text,) in shape.rows(everything(shape), Reader(people=False))]

    assert not [text for text in texts if "@example.org" in text]


@EVERY
def test_only_the_fields_that_are_asked_for(furnished: Cast, entity: str) -> None:
    whole = told(entity)
    for name in SHAPES[entity].fields:
        assert told(entity, fields=(name,)) == {pk: {name: row[name]} for pk, row in whole.items()}


def test_columns_come_before_the_text_in_the_order_of_the_rows(furnished: Cast) -> None:
    rows = Milestone.objects.order_by("-code")
    found = list(SHAPES["milestone"].rows(rows, Reader(), "code", "pk", "version", fields=("code",)))

    assert [row[:-1] for row in found] == list(rows.values_list("code", "pk", "version"))
    assert [json.loads(row[-1])["code"] for row in found] == [row.code for row in rows]


def test_a_page_of_a_joined_filtered_and_cut_query_set(furnished: Cast) -> None:
    rows = Milestone.objects.filter(plan__code="p-2023", lead__isnull=False).order_by("-due_on", "pk")[1:2]
    (text,) = [text for (text,) in SHAPES["milestone"].rows(rows, Reader(people=True))]

    assert json.loads(text) == expected("milestone", rows[0], people=True)


def test_one_is_the_same_and_says_when_there_is_none(furnished: Cast) -> None:
    shape = SHAPES["milestone"]

    assert shape.one(furnished.roof.pk, Reader(people=True)) == expected("milestone", furnished.roof, people=True)
    with pytest.raises(Milestone.DoesNotExist):
        shape.one(furnished.plan.pk, Reader())


def test_no_secret_of_a_webhook_is_told(furnished: Cast) -> None:
    assert "whsec" not in json.dumps(told("webhook"))


def test_what_is_referred_to_comes_first() -> None:
    order = list(SHAPES)
    for earlier, later in (
        *(("organisation", "person"), ("person", "plan"), ("plan", "workstream"), ("workstream", "milestone")),
        *(("milestone", "dependency"), ("target", "reading"), ("milestone", "comment"), ("milestone", "extension")),
    ):
        assert order.index(earlier) < order.index(later)


def test_the_feed_tells_what_has_a_history() -> None:
    assert set(SHAPES) - set(FEED) == {"reminder", "webhook"}
    assert all(issubclass(SHAPES[entity].model, Versioned) for entity in FEED)


def test_entities_and_the_names_in_history_lead_to_each_other() -> None:
    assert entity_of("statusreport") == "status_report"
    assert model_name_of("status_report") == "statusreport"
    assert entity_of("watch") is None
    assert all(entity_of(model_name_of(entity)) == entity for entity in SHAPES)
    with pytest.raises(KeyError):
        model_name_of("watch")
