"""Does a link act when its form is sent, only then and only once, whoever else opens it?"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from milestones import links
from milestones.models import ChangeEntry, Extension, LinkUse, Notice, Reminder, StatusReport
from tests.answering.cast import everything, for_action, path, reminded, typed
from tests.two_at_once import together
from tests.web.cast import TODAY, Cast

ACTIONS = ("report", "extension", "sign")


@pytest.mark.parametrize("action", ACTIONS)
def test_a_scanner_opens_everything_twice_and_changes_nothing(cast: Cast, anybody: Client, action: str) -> None:
    mail, about = for_action(cast, action)
    before = everything()
    for _twice in range(2):
        for ask in (anybody.get, anybody.head):
            for url in (path(mail, action, about), *(path(mail, "mute") for _ in [1] if action != "sign")):
                assert ask(url).status_code == 200
    assert everything() == before
    assert anybody.post(path(mail, action, about), typed(action, about)).status_code == 200


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_is_known(cast: Cast, anybody: Client, action: str, method: str) -> None:
    mail, about = for_action(cast, action)
    assert getattr(anybody, method)(path(mail, action, about)).status_code == 405


def test_a_report_is_filed_in_its_writers_name(cast: Cast, anybody: Client) -> None:
    mail = reminded(cast.owner, cast.ring, cast.roof)
    page = anybody.post(path(mail, "report", cast.ring), typed("report", cast.ring)).content.decode()
    [filed] = StatusReport.objects.all()
    assert (filed.milestone, filed.author, filed.state, filed.progress) == (cast.ring, cast.owner, "submitted", 40)
    assert "主体已到十层" in page
    assert {entry.via for entry in ChangeEntry.objects.filter(actor_id=cast.owner.pk)} == {"mail"}
    states = dict(Reminder.objects.values_list("milestone__code", "state"))
    assert states == {"FIN-09": "acknowledged", "FIN-08": "sent"}
    assert anybody.get(path(mail, "report", cast.roof)).status_code == 200  # the other line's link is another


def test_a_later_date_is_asked_for(cast: Cast, anybody: Client) -> None:
    mail, ring = for_action(cast, "extension")
    assert anybody.post(path(mail, "extension", ring), typed("extension", ring)).status_code == 200
    [asked] = Extension.objects.all()
    assert (asked.milestone, asked.requested_by, str(asked.due_on), asked.late) == (
        ring,
        cast.owner,
        "2023-11-30",
        True,
    )
    assert Reminder.objects.get().state == "acknowledged"


def test_a_notice_is_signed_for(cast: Cast, anybody: Client) -> None:
    mail, notice = for_action(cast, "sign")
    assert anybody.post(path(mail, "sign", notice), typed("sign", notice)).status_code == 200
    notice.refresh_from_db()
    assert (notice.state, notice.signed_by) == ("signed", cast.owner)


def test_a_notice_is_answered_at_once(cast: Cast, anybody: Client) -> None:
    mail, notice = for_action(cast, "sign")
    answered = typed("sign", notice) | {"reply": "台风停工，10月20日前完成。"}
    assert "台风停工" in anybody.post(path(mail, "sign", notice), answered).content.decode()
    notice.refresh_from_db()
    assert (notice.state, notice.reply, notice.signed_by) == ("replied", answered["reply"], cast.owner)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_second_press_is_told_what_was_done_and_when(cast: Cast, anybody: Client, action: str) -> None:
    mail, about = for_action(cast, action)
    url = path(mail, action, about)
    anybody.post(url, typed(action, about))
    after = everything()
    for ask in (anybody.post, anybody.get, anybody.post):
        page = ask(url, typed(action, about))
        assert page.status_code == 410
        assert f"{TODAY:%Y-%m-%d %H:%M}" in page.content.decode()
        assert '<form method="post"' not in page.content.decode()
    assert everything() == after
    assert LinkUse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ACTIONS)
def test_two_presses_at_once_act_once(committed_cast: Cast, action: str) -> None:
    cast = committed_cast
    mail, about = for_action(cast, action)
    url, said = path(mail, action, about), typed(action, about)
    answers = together(*(lambda: Client().post(url, said).status_code for _ in range(4)))
    assert sorted(map(str, answers)) == ["200", "410", "410", "410"]
    rows: dict[str, Any] = {
        "report": StatusReport.objects,
        "extension": Extension.objects,
        "sign": Notice.objects.filter(state="signed"),
    }
    assert rows[action].count() == LinkUse.objects.count() == 1
    verbs = {"report": "report.submit", "extension": "extension.request", "sign": "notice.sign"}
    assert ChangeEntry.objects.filter(verb=verbs[action]).count() == 1


def test_what_is_refused_spends_nothing(cast: Cast, anybody: Client) -> None:
    mail, ring = for_action(cast, "report")
    url = path(mail, "report", ring)
    page = anybody.post(url, typed("report", ring) | {"as_of": "2023-09-30"})
    assert page.status_code == 422
    assert "主体已到十层" in page.content.decode()
    assert (LinkUse.objects.count(), StatusReport.objects.count()) == (0, 0)
    assert Reminder.objects.get().state == "sent"
    assert anybody.post(url, typed("report", ring)).status_code == 200


def test_a_marking_is_refused_and_not_kept(cast: Cast, anybody: Client) -> None:
    mail, ring = for_action(cast, "report")
    marked = typed("report", ring) | {"done": "机密★10年 桩基"}
    assert anybody.post(path(mail, "report", ring), marked).status_code == 422
    assert (LinkUse.objects.count(), StatusReport.objects.count()) == (0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM milestones_guardrefusal")
        assert cursor.fetchone() == (1,)


def test_a_reminder_is_signed_for_and_that_is_no_report(cast: Cast, anybody: Client) -> None:
    mail = reminded(cast.owner, cast.ring, kind="single")
    assert links.placeholder("sign", cast.ring.pk) in mail.text
    assert anybody.post(path(mail, "sign", cast.ring)).status_code == 200
    assert Reminder.objects.get().state == "acknowledged"
    assert StatusReport.objects.count() == 0
    assert anybody.post(path(mail, "sign", cast.ring)).status_code == 410
