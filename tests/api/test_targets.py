"""Does /targets read, create and change, and does it tell how a target stands on a day?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine

from milestones.models import ChangeEntry, Target
from milestones.planning import plans
from tests import cast as casting
from tests.api.http import Api, etag
from tests.cast import NOW, SYSTEM, Cast

NEW = {
    "plan": "p-2023",
    "workstream": "FIN",
    "code": "T2",
    "name": "企业",
    "unit": "家",
    "measure": "cumulative",
    "value": "150",
}


def test_a_target_is_created_and_read_back(running: Cast, api: Api) -> None:
    answer = api.post("/targets", {**NEW, "value": "150.50", "lead": "FTB", "source_span": [3, 9]})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["value"], made["value_max"], made["bound"]) == ("150.5", None, "at_least")
    assert (made["workstream"], made["lead"], made["source_span"]) == ("FIN", "FTB", [3, 9])
    assert api.get(answer["Location"]).json() == made
    assert ChangeEntry.objects.get(object_id=made["id"]).verb == "target.create"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"value": 150}, "/value", "type"),
        ({"value": "1e3"}, "/value", "type"),
        ({"value": "NaN"}, "/value", "type"),
        ({"value": "1.23456"}, "/value", "bounds"),
        ({"value": "123456789012345"}, "/value", "bounds"),
        ({"value": None}, "/value", "null"),
        ({"measure": "guess"}, "/measure", "invalid_choice"),
        ({"bound": "range"}, "/value_max", "rule"),
        ({"bound": "range", "value_max": "10"}, "/value_max", "rule"),
        ({"value_max": "200"}, "/value_max", "rule"),
        ({"unit": "单" * 21}, "/unit", "max_length"),
        ({"plan": "p-1999"}, "/plan", "reference"),
        ({"workstream": "ZZZ"}, "/workstream", "reference"),
        ({"lead": "NIX"}, "/lead", "reference"),
        ({"pace": {}}, "/pace", "unknown_field"),
    ],
)
def test_what_is_refused_names_its_place_and_its_rule(
    running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = api.post("/targets", {**NEW, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert Target.objects.count() == 1


def test_a_code_is_given_once_a_plan(running: Cast, api: Api) -> None:
    answer = api.post("/targets", {**NEW, "code": "T1"})
    assert (answer.status_code, answer.json()["type"][-10:]) == (409, "/duplicate")


def test_a_change_needs_the_version_that_was_seen(running: Cast, api: Api) -> None:
    path = f"/targets/{running.target.pk}"
    seen = etag(api.get(path))
    assert api.patch(path, {"name": "甲"}).status_code == 428
    changed = api.patch(path, {"name": "甲", "workstream": None, "plan": "p-2023"}, If_Match=seen)
    assert (changed.status_code, changed.json()["name"], changed.json()["workstream"]) == (200, "甲", None)
    late = api.patch(path, {"name": "乙"}, If_Match=seen)
    assert (late.status_code, late.json()["current"]) == (412, changed.json())
    assert api.get(path, If_None_Match=etag(changed)).status_code == 304


def test_a_target_stays_in_its_plan(running: Cast, api: Api) -> None:
    casting.plan("p-2024")
    path = f"/targets/{running.target.pk}"
    answer = api.patch(path, {"plan": "p-2024"}, If_Match=etag(api.get(path)))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/plan")


def test_in_a_draft_it_is_deleted_and_nowhere_else(cast: Cast, api: Api) -> None:
    casting.read(cast.target)
    other = casting.target(cast.plan, cast.stream, "T2")
    path, kept = f"/targets/{cast.target.pk}", f"/targets/{other.pk}"
    assert api.delete(path).status_code == 428
    assert api.delete(path, If_Match=etag(api.get(path))).status_code == 204
    assert api.get(path).status_code == 404
    plans.activate(cast.plan, actor=SYSTEM, now=NOW)
    answer = api.delete(kept, If_Match=etag(api.get(kept)))
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")


def test_lists_are_filtered_by_what_the_fields_are_called(running: Cast, api: Api) -> None:
    casting.target(running.plan, running.stream, "T2", measure="cumulative", name="企业", unit="家")

    def codes(query: str) -> list[str]:
        answer = api.get(f"/targets?{query}")
        assert answer.status_code == 200, answer.content
        return [one["code"] for one in answer.json()["results"]]

    assert codes("ordering=-code") == ["T2", "T1"]
    assert codes("measure=cumulative") == ["T2"]
    assert codes("lead=FTB&plan=p-2023&workstream=FIN&bound=at_least") == ["T1"]
    assert codes("q=企") == ["T2"]
    assert codes("code=T1") == ["T1"]
    assert codes("plan=p-1999") == []
    assert api.get("/targets?unit=家").status_code == 400
    assert api.get("/targets?measure=").status_code == 400


def test_another_system_keeps_a_target_under_its_own_name(running: Cast, api: Api) -> None:
    path = "/targets/by-ref/stats/GDP-1"
    made = api.put(path, NEW)
    assert (made.status_code, made.json()["external_refs"]) == (201, [{"system": "stats", "id": "GDP-1"}])
    same = api.put(path, NEW)
    assert (same.status_code, same["Unchanged"]) == (200, "true")
    assert api.put(path, {"value": "160"}).json()["value"] == "160"
    assert api.get(path).json()["id"] == made.json()["id"]
    other = api.post("/targets", {**NEW, "code": "T3", "external_refs": [{"system": "stats", "id": "GDP-1"}]})
    assert (other.status_code, other.json()["type"][-10:]) == (409, "/duplicate")


# --- Pace -------------------------------------------------------------------------------------------------------------
def test_pace_tells_figures_as_decimals_and_its_reasons_in_words(running: Cast, api: Api) -> None:
    made = casting.target(running.plan, running.stream, "T2", measure="cumulative", value=365, unit="家", name="企业")
    for day, value in (("2023-01-05", "2"), ("2023-01-10", "5.5")):
        casting.read(made, value, as_of=date.fromisoformat(day))
    answer = api.get(f"/targets/{made.pk}/pace?on=2023-04-10")
    assert answer.status_code == 200, answer.content
    assert "ETag" not in answer
    told = answer.json()
    assert (told["on"], told["as_of"], told["value"], told["expected"]) == ("2023-04-10", "2023-01-10", "5.5", "100")
    assert (told["gap"], told["expected_then"], told["gap_then"]) == ("-94.5", "10", "-4.5")
    assert (told["health"], told["provisional"], told["projection"]) == (None, True, None)
    codes = [told[name]["code"] for name in ("reason", "method", "basis")]
    assert codes == ["too_early", "too_early", "by_days"]
    assert "1月10日" in told["reason"]["text"]


def test_pace_is_of_today_in_the_plans_time_zone_when_no_day_is_named(running: Cast, api: Api) -> None:
    with time_machine.travel("2023-03-09T17:00:00Z", tick=False):  # the tenth in Shanghai
        told = api.get(f"/targets/{running.target.pk}/pace").json()
    assert (told["on"], told["as_of"], told["health"], told["reason"]["code"]) == (
        *("2023-03-10", None, None, "no_reading"),
    )


@pytest.mark.parametrize("query", ["on=soon", "on=", "on=2023-02-30", "on=20230210x", "day=2023-02-01", "fields=gap"])
def test_a_day_that_is_none_is_refused(running: Cast, api: Api, query: str) -> None:
    answer = api.get(f"/targets/{running.target.pk}/pace?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"?{query.partition('=')[0]}")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_even_the_ends_of_the_calendar_are_days(running: Cast, api: Api, day: str) -> None:
    casting.read(running.target)
    assert api.get(f"/targets/{running.target.pk}/pace?on={day}").json()["on"] == day


# --- Who --------------------------------------------------------------------------------------------------------------
def test_a_reading_client_sees_no_draft_and_writes_nothing(cast: Cast, client_of: Callable[..., Api]) -> None:
    reader = client_of("read")
    path = f"/targets/{cast.target.pk}"
    assert reader.get("/targets").json()["results"] == []
    assert reader.get(f"{path}/pace").status_code == 404
    cast.activate()
    assert reader.get(f"{path}/pace").status_code == 200
    assert reader.post("/targets", NEW).status_code == 403
    assert reader.patch(path, {"name": "甲"}, If_Match=etag(reader.get(path))).status_code == 403


def test_outside_its_reach_a_client_finds_nothing(running: Cast, client_of: Callable[..., Api]) -> None:
    elsewhere = client_of("write", plans=[casting.plan("p-2024")])
    assert elsewhere.get("/targets").json()["results"] == []
    assert elsewhere.get(f"/targets/{running.target.pk}/pace").status_code == 404
    answer = elsewhere.post("/targets", NEW)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/plan")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00%2B08:00", "9999-12-31T23:59:59-08:00"])
def test_an_instant_outside_of_the_calendar_is_refused(running: Cast, api: Api, instant: str) -> None:
    answer = api.get(f"/targets?updated_since={instant}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?updated_since")
