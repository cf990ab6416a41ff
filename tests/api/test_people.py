"""Does /people read, bring, change and let go as the contract says, and make nobody of the office?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.changes import verifying
from milestones.changes.publish import publish_all
from milestones.models import ChangeEntry, OutgoingMail, Person
from tests import cast as casting
from tests.api.http import Api, etag
from tests.api.people import signed_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NEW = {"email": "new@example.org", "display_name": "新人"}


def test_a_person_is_brought_without_sign_in_and_without_mail(running: Cast, api: Api) -> None:
    made = api.post("/people", {**NEW, "organisation": "FTB", "language": "en", "roles": ["owner", "viewer"]})
    assert made.status_code == 201, made.content
    assert (made.json()["organisation"], made.json()["roles"], made.json()["active"]) == (
        "FTB",
        ["owner", "viewer"],
        True,
    )
    person = Person.objects.get(email=NEW["email"])
    assert not person.has_usable_password()
    assert not OutgoingMail.objects.exists()
    assert api.get(f"/people/{person.pk}").json() == made.json()


def test_an_invitation_is_sent_when_it_is_asked_for(running: Cast, api: Api) -> None:
    assert api.post("/people", {**NEW, "invite": True}).status_code == 201
    assert OutgoingMail.objects.get().kind == "invitation"
    inactive = api.post("/people", {**NEW, "email": "b@example.org", "invite": True, "active": False})
    assert inactive.status_code == 409
    assert not Person.objects.filter(email="b@example.org").exists()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"email": "x"}, "/email", "rule"),
        ({"email": None}, "/email", "null"),
        ({"display_name": " "}, "/display_name", "blank"),
        ({"display_name": "一" * 81}, "/display_name", "max_length"),
        ({"organisation": "NIX"}, "/organisation", "reference"),
        ({"language": "fr"}, "/language", "invalid_choice"),
        ({"time_zone": "Mars"}, "/time_zone", "time_zone"),
        ({"roles": ["king"]}, "/roles/0", "invalid_choice"),
        ({"roles": "owner"}, "/roles", "not_a_list"),
        ({"password": "secret"}, "/password", "unknown_field"),
        ({"active": 1}, "/active", "type"),
    ],
)
def test_what_is_refused(running: Cast, api: Api, body: dict[str, Any], pointer: str, code: str) -> None:
    before = Person.objects.count()
    answer = api.post("/people", {**NEW, **body})
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert Person.objects.count() == before


def test_an_address_is_one_persons_whatever_its_case(running: Cast, api: Api) -> None:
    taken = api.post("/people", {**NEW, "email": "OWNER@example.org"})
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/email")
    assert taken.json()["type"].endswith("/duplicate")


def test_one_is_changed_let_go_and_taken_back(running: Cast, api: Api) -> None:
    at = f"/people/{running.viewer.pk}"
    seen = api.get(at)
    assert api.patch(at, {"active": False}).status_code == 428
    gone = api.patch(at, {"display_name": "甲", "active": False}, If_Match=etag(seen))
    assert (gone.status_code, gone.json()["active"], gone.json()["display_name"]) == (200, False, "甲")
    verbs = ChangeEntry.objects.filter(object_id=running.viewer.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["person.edit", "person.deactivate"]
    assert api.patch(at, {"active": True}, If_Match=etag(seen)).json()["current"] == gone.json()
    back = api.patch(at, {"active": True, "roles": ["leader"]}, If_Match=etag(gone))
    assert (back.json()["active"], back.json()["roles"]) == (True, ["leader"])
    assert api.patch(at, {"active": True}, If_Match="*").json()["version"] == back.json()["version"]
    publish_all()
    assert list(verifying.faults()) == []


def test_duties_are_handed_over_first_and_nothing_else_is_kept(running: Cast, api: Api) -> None:
    at = f"/people/{running.owner.pk}"
    held = api.patch(at, {"display_name": "甲", "active": False}, If_Match="*")
    assert (held.status_code, held.json()["code"]) == (409, "open_duties")
    assert api.get(at).json()["display_name"] == "owner"


def test_a_leaver_can_be_brought(running: Cast, api: Api) -> None:
    made = api.put("/people/by-ref/hr/1", {**NEW, "active": False})
    assert (made.status_code, made.json()["active"]) == (201, False)
    assert api.put("/people/by-ref/hr/1", {**NEW, "active": False})["Unchanged"] == "true"
    assert api.put("/people/by-ref/hr/1", {"active": True}).json()["active"] is True


def test_no_token_makes_or_takes_over_an_account_of_the_office(running: Cast, api: Api) -> None:
    at, own = f"/people/{running.office.pk}", f"/people/{running.viewer.pk}"
    for answer in (
        api.post("/people", {**NEW, "roles": ["office"]}),
        api.patch(own, {"roles": ["office", "viewer"]}, If_Match="*"),
        api.patch(at, {"email": "taken-over@example.org"}, If_Match="*"),
        api.patch(at, {"roles": []}, If_Match="*"),
        api.patch(at, {"active": False}, If_Match="*"),
    ):
        assert (answer.status_code, answer.json()["type"][-10:]) == (403, "/forbidden"), answer.content
    assert api.patch(at, {"display_name": "督查室"}, If_Match="*").status_code == 200
    assert signed_in(running.office).patch(own, {"roles": ["office"]}, If_Match="*").json()["roles"] == ["office"]


def test_a_person_is_deactivated_not_deleted(running: Cast, api: Api) -> None:
    answer = api.delete(f"/people/{running.viewer.pk}", If_Match="*")
    assert (answer.status_code, answer.json()["type"][-15:]) == (409, "/cancel-instead")


def test_without_the_scope_there_are_no_people(running: Cast, client_of: Callable[..., Api]) -> None:
    writer, at = client_of("write"), f"/people/{running.viewer.pk}"
    for answer in (
        writer.get("/people"),
        writer.get(at),
        writer.post("/people", NEW),
        writer.patch(at, {"display_name": "甲"}, If_Match="*"),
        writer.put("/people/by-ref/hr/1", NEW),
    ):
        assert (answer.status_code, answer.json()["type"][-14:]) == (403, "/missing-scope")
    reader = client_of("read", "people:read", name="reader")
    assert reader.get(at).json()["email"] == "viewer@example.org"
    assert reader.post("/people", NEW).status_code == 403


def test_a_client_of_some_organisations_writes_their_people(running: Cast, client_of: Callable[..., Api]) -> None:
    narrow = client_of("write", "people:read", organisations=[running.harbour])
    assert narrow.post("/people", NEW).status_code == 403
    assert narrow.post("/people", {**NEW, "organisation": "HBR"}).status_code == 201
    assert narrow.patch(f"/people/{running.owner.pk}", {"display_name": "甲"}, If_Match="*").status_code == 403
    assert narrow.patch(f"/people/{running.other.pk}", {"display_name": "甲"}, If_Match="*").status_code == 200


def test_lists_are_filtered(running: Cast, api: Api) -> None:
    def names(query: str) -> list[str]:
        return [one["display_name"] for one in api.get(f"/people?{query}").json()["results"]]

    casting.person("gone", "viewer")
    assert names("organisation=HBR&ordering=display_name") == ["other", "stranger"]
    assert names("email=OWNER@example.org") == names("role=owner&organisation=FTB") == ["owner"]
    assert names("q=lead") == ["leader"]
    assert names("active=false") == []
    assert api.get("/people?role=king").status_code == 400


def test_signed_in_people_see_people_and_the_office_writes(running: Cast) -> None:
    at = f"/people/{running.viewer.pk}"
    assert signed_in(running.owner).get(at).json()["email"] == "viewer@example.org"
    assert signed_in(running.owner).patch(at, {"display_name": "甲"}, If_Match="*").status_code == 403
    assert signed_in(running.office).patch(at, {"display_name": "甲"}, If_Match="*").status_code == 200
