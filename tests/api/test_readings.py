"""Do figures come in at /readings, and is a correction a new row?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine

from milestones.models import Reading
from tests import cast as casting
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import Cast

NEW = {"target": "p-2023/T1", "as_of": "2023-01-10", "value": "1.50", "source": "统计局"}


def test_a_reading_is_recorded_and_revised_by_another_one(running: Cast, api: Api) -> None:
    first = api.post("/readings", NEW)
    assert first.status_code == 201, first.content
    made = first.json()
    assert (made["target"], made["value"], made["provisional"], made["recorded_by"]) == (
        *("p-2023/T1", "1.5", True, "erp"),
    )
    assert api.get(first["Location"]).json() == made
    again = api.post("/readings", {**NEW, "value": "1.6", "provisional": False, "revises": made["id"]})
    assert (again.status_code, again.json()["revises"]) == (201, made["id"])
    twice = api.post("/readings", {**NEW, "value": "1.7", "revises": made["id"]})
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (409, "/revises")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"value": 1.5}, "/value", "type"),
        ({"value": "1.23456"}, "/value", "bounds"),
        ({"as_of": "2023-13-01"}, "/as_of", "type"),
        ({"as_of": "9999-12-31"}, "/as_of", "future"),
        ({"source": ""}, "/source", "blank"),
        ({"source": "s" * 201}, "/source", "max_length"),
        ({"provisional": "true"}, "/provisional", "type"),
        ({"revises": "x"}, "/revises", "reference"),
        ({"revises": "01890000-0000-7000-8000-000000000000"}, "/revises", "reference"),
        ({"target": "T1"}, "/target", "reference"),
        ({"target": "p-2023/T9"}, "/target", "reference"),
        ({"recorded_by": "me"}, "/recorded_by", "unknown_field"),
    ],
)
def test_what_is_refused_names_its_place_and_its_rule(
    running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = api.post("/readings", {**NEW, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not Reading.objects.exists()


def test_a_reading_of_another_target_is_not_revised(running: Cast, api: Api) -> None:
    other = casting.read(casting.target(running.plan, running.stream, "T2"))
    answer = api.post("/readings", {**NEW, "revises": str(other.pk)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "other_target")


def test_what_was_recorded_is_neither_changed_nor_deleted(running: Cast, api: Api) -> None:
    path = f"/readings/{casting.read(running.target).pk}"
    assert api.patch(path, {"value": "2"}, If_Match=etag(api.get(path))).status_code == 405
    assert api.delete(path).status_code == 428
    answer = api.delete(path, If_Match=etag(api.get(path)))
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")


def test_in_a_draft_it_is_deleted_the_newest_first(cast: Cast, api: Api) -> None:
    old = casting.read(cast.target)
    new = casting.read(cast.target, "2", revises=old)
    paths = [f"/readings/{one.pk}" for one in (old, new)]
    assert api.delete(paths[0], If_Match='"v1"').status_code == 409
    assert [api.delete(path, If_Match='"v1"').status_code for path in reversed(paths)] == [204, 204]
    assert api.get(paths[0]).status_code == 404


def test_lists_are_filtered_by_what_the_fields_are_called(running: Cast, api: Api) -> None:
    first = casting.read(running.target, "1", as_of=date(2023, 1, 5))
    casting.read(running.target, "2", as_of=date(2023, 1, 10), provisional=False)
    casting.read(running.target, "3", as_of=date(2023, 1, 5), revises=first)
    casting.read(casting.target(running.plan, running.stream, "T2"), "9", as_of=date(2023, 1, 1))

    def values(query: str) -> list[str]:
        answer = api.get(f"/readings?{query}")
        assert answer.status_code == 200, answer.content
        return [one["value"] for one in answer.json()["results"]]

    assert values("target=p-2023/T1&ordering=-as_of") == ["2", "1", "3"]
    assert values("target=p-2023/T9") == []
    assert values("plan=p-2023&as_of_after=2023-01-06") == ["2"]
    assert values("as_of_before=2023-01-04") == ["9"]
    assert values("provisional=false") == ["2"]
    assert values(f"revises={first.pk}") == ["3"]
    for wrong in ("target=T1", "provisional=maybe", "revises=x", "as_of_after=soon", "value=2"):
        assert api.get(f"/readings?{wrong}").status_code == 400, wrong


# --- Who --------------------------------------------------------------------------------------------------------------
def test_who_may_only_add_readings_is_told_what_it_added_and_nothing_else(
    running: Cast, client_of: Callable[..., Api]
) -> None:
    adder = client_of("readings:write")
    made = adder.post("/readings", NEW)
    assert (made.status_code, made.json()["value"]) == (201, "1.5")
    answer = adder.get("/readings")
    assert (answer.status_code, answer.json()["type"][-14:]) == (403, "/missing-scope")
    assert adder.get(f"/readings/{made.json()['id']}").status_code == 403
    assert adder.delete(f"/readings/{made.json()['id']}", If_Match=etag(made)).status_code == 403


def test_neither_reading_nor_write_elsewhere_is_enough(running: Cast, client_of: Callable[..., Api]) -> None:
    assert client_of("read", name="reader").post("/readings", NEW).status_code == 403
    elsewhere = client_of("write", name="far", plans=[casting.plan("p-2024")])
    answer = elsewhere.post("/readings", NEW)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/target")


def test_a_coordinator_records_for_the_own_organisation_and_needs_the_forgery_token(running: Cast) -> None:
    with time_machine.travel(casting.NOW, tick=False):
        mine, far, bare = (
            *(signed_in(running.coordinator), signed_in(running.stranger)),
            signed_in(running.coordinator, csrf=False),
        )
        assert bare.post("/readings", NEW).status_code == 403
        assert far.post("/readings", NEW).status_code == 403
        made = mine.post("/readings", NEW)
    assert (made.status_code, made.json()["recorded_by"]) == (201, "金贸处 coordinator")
