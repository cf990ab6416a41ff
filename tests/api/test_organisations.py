"""Does /organisations read, create, change and deactivate as the contract says?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.models import Organisation
from tests import cast as casting
from tests.api.http import Api, etag, new_client
from tests.api.people import signed_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NEW = {"code": "BNK", "name": "上海银行", "kind": "bank"}


def test_one_is_made_read_and_changed(running: Cast, api: Api) -> None:
    body = {**NEW, "short_name": "上行", "parent": "FTB", "coordinator": "coordinator@example.org"}
    made = api.post("/organisations", body)
    assert made.status_code == 201, made.content
    assert body.items() <= made.json().items()
    assert made.json()["active"] is True
    at = f"/organisations/{made.json()['id']}"
    assert api.get(at).json() == made.json()
    assert api.patch(at, {"name": "甲"}).status_code == 428
    changed = api.patch(at, {"name": "甲", "coordinator": None, "active": False}, If_Match=etag(made))
    assert (changed.status_code, changed.json()["name"], changed.json()["coordinator"]) == (200, "甲", None)
    assert (changed.json()["active"], changed.json()["version"]) == (False, 2)
    assert api.patch(at, {"name": "乙"}, If_Match=etag(made)).json()["current"] == changed.json()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"code": ""}, "/code", "blank"),
        ({"name": None}, "/name", "null"),
        ({"kind": "castle"}, "/kind", "invalid_choice"),
        ({"parent": "NIX"}, "/parent", "reference"),
        ({"head": "nobody@example.org"}, "/head", "reference"),
        ({"active": "yes"}, "/active", "type"),
        ({"is_active": True}, "/is_active", "unknown_field"),
    ],
)
def test_what_is_refused(running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = api.post("/organisations", {**NEW, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert Organisation.objects.count() == 2


def test_rules_name_the_field_that_was_sent(running: Cast, api: Api) -> None:
    at = f"/organisations/{running.bureau.pk}"
    duties = api.patch(at, {"active": False}, If_Match="*")
    assert (duties.status_code, duties.json()["errors"][0]["pointer"]) == (409, "/active")
    below = api.patch(at, {"parent": "FTB"}, If_Match="*")
    assert (below.status_code, below.json()["errors"][0]["code"]) == (422, "cycle")
    taken = api.post("/organisations", {**NEW, "code": "FTB"})
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/code")


def test_it_is_deactivated_not_deleted(running: Cast, api: Api, client_of: Callable[..., Api]) -> None:
    at = f"/organisations/{running.harbour.pk}"
    assert api.delete(at).status_code == 428
    answer = api.delete(at, If_Match="*")
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")
    assert client_of("read", name="reader").delete(at, If_Match="*").status_code == 403


def test_lists_are_filtered(running: Cast, api: Api) -> None:
    def codes(query: str) -> list[str]:
        return [one["code"] for one in api.get(f"/organisations?{query}").json()["results"]]

    casting.organisation("OLD", "旧单位", is_active=False, parent=running.bureau)
    assert codes("ordering=-code") == ["OLD", "HBR", "FTB"]
    assert codes("kind=state_owned") == codes("q=港城") == codes("code=HBR") == ["HBR"]
    assert codes("active=false") == codes("parent=FTB") == ["OLD"]
    assert api.get("/organisations?active=1").status_code == 400


def test_addresses_are_seen_with_their_scope_only(running: Cast, client_of: Callable[..., Api]) -> None:
    writer = client_of("write")
    made = writer.post("/organisations", {**NEW, "head": "owner@example.org"})
    assert (made.json()["head"], made.json()["head_id"]) == (None, str(running.owner.pk))


def test_a_client_of_some_organisations_writes_these(running: Cast, client_of: Callable[..., Api]) -> None:
    narrow = client_of("write", organisations=[running.harbour])
    assert len(narrow.get("/organisations").json()["results"]) == 2
    assert narrow.post("/organisations", NEW).status_code == 403
    assert narrow.patch(f"/organisations/{running.bureau.pk}", {"name": "甲"}, If_Match="*").status_code == 403
    assert narrow.patch(f"/organisations/{running.harbour.pk}", {"name": "甲"}, If_Match="*").status_code == 200


def test_signed_in_people_read_and_the_office_writes(running: Cast) -> None:
    at = f"/organisations/{running.bureau.pk}"
    assert signed_in(running.viewer).get(at).status_code == 200
    assert signed_in(running.coordinator).patch(at, {"name": "甲"}, If_Match="*").status_code == 403
    assert signed_in(running.office).patch(at, {"name": "甲"}, If_Match="*").status_code == 200


def test_a_client_of_some_plans_writes_neither_organisations_nor_people(running: Cast) -> None:
    """They are everybody's: it reads them, and names them in its plans."""
    limited = new_client("write", "people:read", plans=[running.plan])
    unit, person = f"/organisations/{running.bureau.pk}", f"/people/{running.owner.pk}"
    assert (limited.get(unit).status_code, limited.get(person).status_code) == (200, 200)
    for answer in (
        limited.patch(unit, {"name": "别名"}, If_Match="*"),
        limited.put("/organisations/by-ref/erp/1", {"code": "NEW", "name": "新单位"}),
        limited.patch(person, {"display_name": "别名"}, If_Match="*"),
        limited.post("/people", {"email": "new@example.org", "display_name": "新人"}),
    ):
        assert answer.status_code == 403, answer.content
    changed = limited.patch(f"/milestones/{running.roof.pk}", {"lead": running.harbour.code}, If_Match="*")
    assert changed.json()["lead"] == running.harbour.code
