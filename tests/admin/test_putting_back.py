"""Does the history page put a value back, as a new change with all the rules of its verb?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones import restoring
from milestones.errors import DomainError
from milestones.models import ChangeEntry, DateRevision, Milestone, OutgoingMail, Party
from milestones.people import operations as people
from milestones.planning import operations, plans
from milestones.targets import operations as targets
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.admin.forms import Desk
from tests.admin.test_saving import url
from tests.cast import LATER, NOW, SYSTEM, YEAR_END, Cast

HOW: Any = {"actor": SYSTEM, "now": NOW}


def last(obj: Any) -> ChangeEntry:
    return ChangeEntry.objects.of(obj).order_by("-id")[0]


def back_url(obj: Any, entry: ChangeEntry, name: str = "") -> str:
    return f"{url(obj, 'history')}{entry.pk}/" + (f"?value={name}" if name else "")


def test_a_moved_date_is_put_back_with_a_reason_and_a_mail_and_the_history_keeps_both(
    desk: Desk, running: Cast
) -> None:
    operations.reschedule(running.roof, FuzzyDate(date(2023, 10, 31)), reason="台风", **HOW)
    moved = ChangeEntry.objects.of(running.roof).get(verb="milestone.reschedule")
    link = back_url(running.roof, moved, "due")
    assert f'href="{link}"' in desk.text(url(running.roof, "history"))
    page = desk.text(link)
    assert "due: October 31, 2023 → within 2023" in page
    seen = Milestone.objects.get(pk=running.roof.pk).version
    refused = desk.client.post(link, {"names": ["due"], "version": seen})
    assert list(refused.context["form"].errors) == ["reason"]
    answer: Any = desk.client.post(link, {"names": ["due"], "version": seen, "reason": "台风绕行"})
    assert answer.url == url(running.roof, "history")
    roof = Milestone.objects.get(pk=running.roof.pk)
    entry = last(roof)
    assert roof.due == YEAR_END
    assert (entry.verb, entry.reason, entry.via) == ("milestone.reschedule", "台风绕行", "admin")
    assert list(DateRevision.objects.order_by("id").values_list("reason", flat=True)) == ["台风", "台风绕行"]
    assert OutgoingMail.objects.filter(kind="rescheduled", recipient=running.owner).count() == 2
    assert "nothing is to be put back" in desk.text(link)


def test_which_values_can_be_put_back_is_a_question_of_the_entry_alone(running: Cast) -> None:
    target, person, stream = running.target, running.other, running.stream
    operations.change(running.school, {"title": "校舍", "lead": running.bureau, "due": YEAR_END}, reason="并", **HOW)
    targets.edit(target, {"value": 25}, **HOW)
    people.edit(person, {"email": "new@example.org", "organisation": None}, roles=["viewer"], **HOW)
    plans.edit_workstream(stream, {"title": "金融与贸易"}, **HOW)
    found = {}
    for entry in ChangeEntry.objects.order_by("id").filter(at=NOW):
        found[entry.verb] = restoring.restorable(entry)
    assert found["milestone.edit"] == ["due", "lead", "title"]
    assert found["target.edit"] == ["value"]
    assert found["person.edit"] == ["organisation", "roles"]  # the address is masked
    assert found["workstream.edit"] == ["title"]
    assert found["milestone.create"] == found["plan.activate"] == found.get("milestone.health", []) == []


def test_parties_decimals_and_roles_come_back_as_they_were(running: Cast) -> None:
    party = operations.PartyInput("supporting", running.harbour, running.other)
    operations.change(running.roof, {}, parties=[party], **HOW)
    operations.change(running.roof, {}, parties=[], **HOW)
    restoring.put_back(running.roof, last(running.roof), ["parties"], reason="误删", **HOW)
    assert Party.objects.get(milestone=running.roof).person == running.other
    value = running.target.value
    targets.edit(running.target, {"value": 99}, **HOW)
    restoring.put_back(running.target, last(running.target), ["value"], **HOW)
    assert type(running.target)._default_manager.get(pk=running.target.pk).value == value
    roles = running.viewer.roles
    people.edit(running.viewer, {}, roles=["leader"], **HOW)
    viewer = type(running.viewer)._default_manager.get(pk=running.viewer.pk)
    restoring.put_back(viewer, last(viewer), ["roles"], **HOW)
    assert type(viewer)._default_manager.get(pk=viewer.pk).roles == roles


def test_what_no_longer_fits_is_refused_with_words(desk: Desk, running: Cast) -> None:
    operations.change(running.rules, {"code": "FIN-30"}, **HOW)
    entry = last(running.rules)
    casting.milestone(running.plan, running.stream, "FIN-03")
    link = back_url(running.rules, entry)
    answer = desk.client.post(link, {"names": ["code"], "version": running.rules.version, "reason": "改回"})
    assert "already taken" in answer.content.decode()
    operations.assign([running.rules], running.other, **HOW)
    operations.assign([running.rules], None, **HOW)
    entry = last(running.rules)
    people.deactivate(running.other, actor=SYSTEM, now=LATER)
    with pytest.raises(DomainError):
        restoring.put_back(running.rules, entry, ["baseline"], reason="x", **HOW)
    with pytest.raises(DomainError):
        restoring.put_back(running.roof, entry, ["accountable"], reason="x", **HOW)
    running.rules.refresh_from_db()
    with pytest.raises(DomainError, match="not active"):
        restoring.put_back(running.rules, entry, ["accountable"], reason="x", **HOW)


def test_only_who_may_change_it_puts_it_back(client_of: Any, running: Cast) -> None:
    operations.change(running.roof, {"title": "新名"}, **HOW)
    link = back_url(running.roof, last(running.roof))
    assert client_of(running.viewer).post(link, {"names": ["title"]}).status_code in (302, 403, 404)
    running.close()
    desk = Desk(client_of(running.office))
    assert "put back" not in desk.text(url(running.roof, "history"))
    assert desk.client.get(link).status_code == 403
