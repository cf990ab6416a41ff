"""What does the link stop, and what stays?"""

from __future__ import annotations

import pytest
from django.test import Client

from milestones.models import ChangeEntry, OutgoingMail, Person
from tests.answering.cast import DAY, path, reminded, stored
from tests.web.cast import TODAY, Cast


def owner(cast: Cast) -> Person:
    return Person.objects.get(pk=cast.owner.pk)


def test_one_step_is_stopped_and_nothing_else(cast: Cast, anybody: Client) -> None:
    url = path(reminded(cast.owner, cast.ring), "mute")
    assert 'value="before-3"' in anybody.get(url).content.decode()
    assert anybody.post(url, {"step": "before-3"}).status_code == 200
    assert (owner(cast).muted_steps, owner(cast).digest_muted) == (["before-3"], False)
    assert 'value="before-3"' not in anybody.get(url).content.decode()
    assert ChangeEntry.objects.filter(verb="person.mute_step").values_list("via", flat=True).get() == "mail"


@pytest.mark.parametrize("step", ["due", "overdue-15", "nothing"])
def test_what_cannot_be_stopped_is_refused(cast: Cast, anybody: Client, step: str) -> None:
    assert anybody.post(path(reminded(cast.owner, cast.ring), "mute"), {"step": step}).status_code == 422
    assert (owner(cast).muted_steps, owner(cast).digest_muted) == ([], False)


def test_a_mail_program_stops_all_of_it_as_often_as_it_likes(cast: Cast, anybody: Client) -> None:
    url = path(reminded(cast.owner, cast.ring), "mute")
    for _twice in range(2):
        answer = anybody.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    assert (owner(cast).muted_steps, owner(cast).digest_muted) == ([], True)
    assert ChangeEntry.objects.filter(verb="person.mute").count() == 1


def test_a_bulletin_stops_the_bulletin_and_no_digest(cast: Cast, anybody: Client) -> None:
    mail = OutgoingMail(kind="bulletin", recipient=cast.leader, to=cast.leader.email, day=DAY, subject="通报")
    mail.due_at = mail.created_at = TODAY
    url = path(stored(mail), "mute")
    assert anybody.get(url).status_code == 200
    assert Person.objects.get(pk=cast.leader.pk).muted_steps == []
    for _twice in range(2):
        answer = anybody.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    leader = Person.objects.get(pk=cast.leader.pk)
    assert (leader.muted_steps, leader.digest_muted) == (["bulletin"], False)
