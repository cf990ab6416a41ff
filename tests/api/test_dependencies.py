"""Does /dependencies tie and untie milestones as the contract says?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.models import Dependency
from tests import cast as casting
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db

TIE = {"predecessor": "p-2023/FIN-01", "successor": "p-2023/FIN-02", "lag": 5}


def test_one_is_made_changed_and_removed(running: Cast, api: Api) -> None:
    made = api.post("/dependencies", TIE)
    assert made.status_code == 201, made.content
    assert TIE.items() <= made.json().items()
    at = f"/dependencies/{made.json()['id']}"
    assert api.patch(at, {"lag": 2}).status_code == 428
    changed = api.patch(at, {"lag": 2}, If_Match=etag(made))
    assert (changed.status_code, changed.json()["lag"]) == (200, 2)
    assert api.patch(at, {}, If_Match=etag(changed)).json() == changed.json()
    assert api.delete(at, If_Match=etag(made)).status_code == 412
    assert api.delete(at, If_Match=etag(changed)).status_code == 204
    assert api.get(at).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"predecessor": "p-2023/NIX"}, "/predecessor", "reference"),
        ({"successor": "FIN-02"}, "/successor", "reference"),
        ({"successor": "p-2023/FIN-01"}, "/predecessor", "itself"),
        ({"lag": "5"}, "/lag", "type"),
        ({"lag": 10_000}, "/lag", "max_value"),
        ({"kind": "ss"}, "/kind", "unknown_field"),
    ],
)
def test_what_is_refused(running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = api.post("/dependencies", {**TIE, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not Dependency.objects.exists()


def test_a_circle_is_refused_with_its_way(running: Cast, api: Api) -> None:
    api.post("/dependencies", TIE)
    api.post("/dependencies", {"predecessor": "p-2023/FIN-02", "successor": "p-2023/FIN-03"})
    circle = api.post("/dependencies", {"predecessor": "p-2023/FIN-03", "successor": "p-2023/FIN-01"})
    (fault,) = circle.json()["errors"]
    assert (circle.status_code, fault["pointer"], fault["code"]) == (422, "/predecessor", "cycle")
    assert "FIN-03 → FIN-01 → FIN-02 → FIN-03" in fault["detail"]


def test_the_same_tie_twice_is_a_duplicate(running: Cast, api: Api) -> None:
    api.post("/dependencies", TIE)
    again = api.post("/dependencies", TIE)
    assert (again.status_code, again.json()["type"][-10:]) == (409, "/duplicate")


def test_whom_it_ties_is_never_edited(running: Cast, api: Api) -> None:
    at = f"/dependencies/{api.post('/dependencies', TIE).json()['id']}"
    refused = api.patch(at, {"predecessor": "p-2023/FIN-03"}, If_Match="*")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/predecessor")


def test_lists_are_filtered(running: Cast, api: Api) -> None:
    api.post("/dependencies", TIE)
    api.post("/dependencies", {"predecessor": "p-2023/FIN-02", "successor": "p-2023/FIN-03"})

    def lags(query: str) -> list[int]:
        return [one["lag"] for one in api.get(f"/dependencies?{query}").json()["results"]]

    assert lags("predecessor=p-2023/FIN-01") == lags("successor=p-2023/FIN-02") == [5]
    assert lags("plan=p-2023&ordering=lag") == [0, 5]
    assert lags("plan=p-1999") == lags("predecessor=p-2023/NIX") == []
    assert api.get("/dependencies?predecessor=FIN-01").status_code == 400


def test_both_ends_lie_in_the_reach(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    at = f"/dependencies/{api.post('/dependencies', TIE).json()['id']}"
    narrow = client_of("write", organisations=[running.harbour])
    assert narrow.get(at).status_code == narrow.delete(at, If_Match="*").status_code == 404
    outside = narrow.post("/dependencies", {**TIE, "lag": 1})
    assert (outside.status_code, outside.json()["errors"][0]["pointer"]) == (422, "/predecessor")
    assert client_of("read", name="reader").delete(at, If_Match="*").status_code == 403


def test_signed_in_people_do_what_their_roles_allow(running: Cast) -> None:
    assert signed_in(running.coordinator).post("/dependencies", TIE).status_code == 403  # another unit leads it
    made = signed_in(running.stranger).post("/dependencies", TIE)
    assert made.status_code == 201
    at = f"/dependencies/{made.json()['id']}"
    assert signed_in(running.owner).delete(at, If_Match="*").status_code == 403
    assert signed_in(running.stranger).delete(at, If_Match="*").status_code == 204


def test_a_drafts_milestone_is_out_of_a_readers_sight(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    draft = casting.plan("p-2024")
    casting.milestone(draft, casting.workstream(draft), "FIN-01")
    made = api.post("/dependencies", {"predecessor": "p-2023/FIN-01", "successor": "p-2024/FIN-01"})
    assert made.status_code == 201, made.content
    assert client_of("read", name="reader").get(f"/dependencies/{made.json()['id']}").status_code == 404
