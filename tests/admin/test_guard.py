"""Does the admin refuse a text with a classification marking, although it wraps each page in a transaction?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.marking import digest
from milestones.models import ChangeEntry, GuardRefusal, Milestone
from tests.admin.forms import Desk, errors
from tests.admin.test_bulk import Bulk
from tests.admin.test_saving import url
from tests.cast import Cast

SECRET = "代号蓝鲸 机密★10年"
SAID = "carries a classification marking: a level of secrecy with a star"


def refusals() -> list[tuple[str, str, str, str]]:
    return list(GuardRefusal.objects.values_list("entity", "field", "via", "sha256"))


@pytest.mark.django_db(transaction=True)
def test_a_form_comes_back_with_the_refusal_at_its_field_and_the_row_stays(desk: Desk, cast: Cast) -> None:
    seen = ChangeEntry.objects.count()
    answer = desk.save(url(cast.roof), title=SECRET)
    assert SAID in errors(answer)["title"][0]
    assert ChangeEntry.objects.count() == seen
    assert Milestone.objects.get(pk=cast.roof.pk).title == "节点 FIN-01"
    assert refusals() == [("milestone", "title", "admin", digest(SECRET))]
    assert GuardRefusal.objects.get().object_id == cast.roof.pk


@pytest.mark.django_db(transaction=True)
def test_a_new_row_is_refused_alike(desk: Desk, cast: Cast) -> None:
    answer = desk.save("/admin/milestones/organisation/add/", code="X", name=SECRET)
    assert SAID in errors(answer)["name"][0]
    assert refusals() == [("organisation", "name", "admin", digest(SECRET))]


@pytest.mark.django_db(transaction=True)
def test_a_button_with_a_reason_is_refused_alike(desk: Desk, running: Cast) -> None:
    page = url(running.roof, "do/cancel")
    answer = desk.client.post(page, {"reason": SECRET})
    assert SAID in answer.context["form"].errors["reason"][0]
    assert refusals() == [("milestone", "reason", "admin", digest(SECRET))]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["look", "apply"])
def test_a_reason_for_many_is_one_refusal_before_and_at_the_deed(desk: Desk, running: Cast, step: str) -> None:
    page = Bulk(desk, "reschedule", running.school, running.rules)
    page.press(step, reason=SECRET, days="5")
    assert all(SAID in refusal for _code, _old, _new, refusal in page.lines)
    assert refusals() == [("milestone", "reason", "admin", digest(SECRET))]
    assert not ChangeEntry.objects.filter(verb="milestone.reschedule").exists()


def test_nothing_of_it_goes_into_session_or_cookies(desk: Desk, running: Cast) -> None:
    for answer in (
        desk.save(url(running.roof), title=SECRET),
        desk.client.post(url(running.roof, "do/cancel"), {"reason": SECRET}),
    ):
        kept: dict[str, Any] = dict(desk.client.session)
        assert "蓝鲸" not in f"{answer.cookies} {kept}"


def test_the_office_reads_who_where_and_which_rule_and_can_change_nothing(desk: Desk, cast: Cast) -> None:
    desk.save(url(cast.roof), title=SECRET)
    row = GuardRefusal.objects.get()
    page = "/admin/milestones/guardrefusal/"
    shown = desk.text(page)
    for text in ("office", "milestone", "title", "a level of secrecy with a star", digest(SECRET)[:12]):
        assert text in shown
    assert "蓝鲸" not in shown
    assert digest(SECRET) in desk.text(f"{page}{row.pk}/change/")
    for found in (str(cast.roof.pk), str(cast.office.pk), digest(SECRET)):
        assert list(desk.client.get(page, {"q": found}).context["cl"].result_list) == [row]
    assert desk.client.get(f"{page}add/").status_code == 403
    assert desk.client.post(f"{page}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "guardrefusal" in desk.text("/admin/")
