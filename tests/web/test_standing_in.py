"""A deputy on the site: named in the settings, shown around every page, with the work of who is away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from milestones.models import Delegation, Milestone
from milestones.people import delegations
from milestones.planning import carry_over, plans
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

DAY = TODAY.date()


def away(c: Cast, first: date = DAY, last: date = DAY, **people: Any) -> Delegation:
    who = {"person": c.owner, "deputy": c.viewer, **people}
    return delegations.create(who["person"], who["deputy"], starts_on=first, ends_on=last, actor=SYSTEM, now=TODAY)


def page(client: Any, path: str) -> str:
    client.cookies["django_language"] = "en"
    return str(client.get(path).content.decode())


def test_i_name_my_deputy_and_end_it(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    typed = {"deputy": str(cast.viewer.pk), "starts_on": str(DAY), "ends_on": "2023-10-08", "reason": "出差"}
    assert client.post("/me/deputy/", typed).status_code == 302
    one = Delegation.objects.get()
    assert (one.person, one.deputy, one.reason) == (cast.owner, cast.viewer, "出差")
    assert f"/me/deputy/{one.pk}/end/" in page(client, "/me/")
    assert "You stand in for owner" in page(client_of(cast.viewer), "/me/")
    assert client.post(f"/me/deputy/{one.pk}/end/").status_code == 302
    assert Delegation.objects.get().ends_on == DAY


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    typed = {"deputy": str(cast.viewer.pk), "starts_on": "2023-09-01", "ends_on": "2023-10-08", "reason": "出差"}
    answer = client.post("/me/deputy/", typed)
    assert (answer.status_code, list(answer.context["deputy_form"].errors)) == (422, ["starts_on"])
    assert 'value="2023-10-08"' in answer.content.decode()


def test_nobody_ends_anothers(cast: Cast, client_of: SignIn) -> None:
    one = away(cast)
    assert client_of(cast.viewer).post(f"/me/deputy/{one.pk}/end/").status_code == 404


def test_every_page_says_for_whom_i_act_and_my_work_lists_it(cast: Cast, client_of: SignIn) -> None:
    away(cast)
    client = client_of(cast.viewer)
    for path in ("/", "/plans/", "/plans/p-2023/milestones/FIN-08/"):
        assert "acting for owner" in page(client, path)
    work = page(client, "/")
    assert "As deputy" in work
    assert all(code in work for code in ("FIN-08", "FIN-09"))
    assert "acting for" not in page(client_of(cast.owner), "/")


def test_the_deputy_presses_the_owners_buttons_until_the_last_day(cast: Cast, client_of: SignIn) -> None:
    away(cast)
    client, act = client_of(cast.viewer), "/plans/p-2023/milestones/FIN-08/start/"
    version = Milestone.objects.get(pk=cast.roof.pk).version
    with time_machine.travel(TODAY + timedelta(days=1)):
        tomorrow = client_of(cast.viewer)
        assert tomorrow.post(act, {"version": version}).status_code == 403
        assert "acting for" not in page(tomorrow, "/plans/")
    assert client.post(act, {"version": version}).status_code == 302
    assert Milestone.objects.get(pk=cast.roof.pk).state == "in_progress"
    assert Milestone.objects.get(pk=cast.roof.pk).accountable == cast.owner


def test_a_carried_milestone_says_from_where_and_counts_from_the_first_promise(cast: Cast, client_of: SignIn) -> None:
    plans.edit(
        cast.draft,
        {"year": 2024, "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)},
        actor=SYSTEM,
        now=TODAY,
    )
    cast.draft.refresh_from_db()
    carry_over.carry_over(cast.plan, cast.draft, codes=["FIN-08"], actor=SYSTEM, now=TODAY)
    office = client_of(cast.office)
    assert "Carried over to p-2024/FIN-08" in page(office, "/plans/p-2023/milestones/FIN-08/")
    copy = page(office, "/plans/p-2024/milestones/FIN-08/")
    assert "Carried over from p-2023/FIN-08" in copy
    assert "promised in p-2023" in copy
    assert "working days later than first promised" in copy
    assert "p-2024" not in page(client_of(cast.viewer), "/plans/p-2023/milestones/FIN-08/")  # a draft is the office's
    assert "FIN-08" in page(office, "/plans/p-2024/")
