"""When is a link void, and is it said why and what to do?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from milestones import links
from milestones.actors import Actor
from milestones.extensions import operations as extensions
from milestones.models import Person, Via
from milestones.notices import operations as notices
from milestones.people import delegations
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from milestones.workdays.periods import FuzzyDate
from tests.answering.cast import asked, everything, for_action, notice_to, path, reminded, typed
from tests.web.cast import SYSTEM, TODAY, Cast, person

ACTIONS = ("report", "extension", "sign")
EARLIER = TODAY - timedelta(hours=1)


def refused(client: Client, url: str, data: Any = None) -> str:
    """What the page says to GET and to POST, neither of which does anything."""
    before = everything()
    page, again = client.get(url), client.post(url, data or {})
    assert (page.status_code, again.status_code) == (410, 410)
    assert everything() == before
    assert page["Referrer-Policy"] == "no-referrer"
    return page.content.decode()


def as_office(cast: Cast) -> dict[str, Any]:
    return {"actor": Actor(cast.office, Via.WEB), "now": TODAY}


@pytest.mark.parametrize("action", ACTIONS)
def test_after_fourteen_days(cast: Cast, client: Client, action: str, thursday: time_machine.Traveller) -> None:
    mail, about = for_action(cast, action)
    url = path(mail, action, about)
    thursday.move_to(TODAY + timedelta(days=14) - timedelta(minutes=1))
    assert client.get(url).status_code == 200
    thursday.move_to(TODAY + timedelta(days=14, seconds=2))
    refused(client, url, typed(action, about))


@pytest.mark.parametrize("action", ACTIONS)
def test_with_one_letter_changed(cast: Cast, client: Client, action: str) -> None:
    mail, about = for_action(cast, action)
    token = links.sign(mail, action, about.pk)
    for place in range(0, len(token), 7):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert client.get(f"/do/{action}/{other}/").status_code == 410
    last = token[:-1] + ("B" if token[-1] == "A" else "A")
    refused(client, f"/do/{action}/{last}/", typed(action, about))


@pytest.mark.parametrize("action", ACTIONS)
def test_another_actions_token(cast: Cast, client: Client, action: str) -> None:
    mail, about = for_action(cast, action)
    token = links.sign(mail, action, about.pk)
    for other in links.LIFE:
        if other != action:
            assert client.post(f"/do/{other}/{token}/", typed(action, about)).status_code == 410


def test_a_token_about_one_milestone_opens_no_other(cast: Cast, client: Client) -> None:
    mail = reminded(cast.owner, cast.ring, cast.roof)
    one, other = (links.sign(mail, "report", about.pk) for about in (cast.ring, cast.roof))
    mixed = other[:21] + one[21:43] + other[43:]  # the letters between mail and signature hold the milestone
    assert mixed not in (one, other)
    assert client.get(f"/do/report/{mixed}/").status_code == 410


@pytest.mark.parametrize("kind", ["verified", "notice"])
def test_a_mail_of_another_kind_opens_no_report(cast: Cast, client: Client, kind: str) -> None:
    mail = reminded(cast.owner, cast.ring)
    url = path(mail, "report", cast.ring)
    type(mail).objects.filter(pk=mail.pk).update(kind=kind, day=None)
    refused(client, url)


@pytest.mark.parametrize("action", ACTIONS)
def test_for_a_person_who_left(cast: Cast, client: Client, action: str) -> None:
    mail, about = for_action(cast, action)
    Person.objects.filter(pk=cast.owner.pk).update(is_active=False)
    refused(client, path(mail, action, about), typed(action, about))


@pytest.mark.parametrize("action", ["report", "extension"])
def test_after_a_hand_over_and_it_names_who_it_is_now(cast: Cast, client: Client, action: str) -> None:
    mail = reminded(cast.owner, cast.ring)
    operations.hand_over([cast.ring], cast.outsider, reason="换岗", **as_office(cast))
    assert cast.outsider.display_name in refused(client, path(mail, action, cast.ring), typed(action, cast.ring))


def test_a_notice_stays_with_the_organisation(cast: Cast, client: Client) -> None:
    notice, _mail = notice_to(cast, cast.owner)
    letter = type(_mail).objects.select_related("recipient").get(notice=notice, recipient=cast.coordinator)
    operations.hand_over([cast.ring], cast.outsider, reason="换岗", **as_office(cast))
    assert "金贸处" in refused(client, path(_mail, "sign", notice), typed("sign", notice))
    assert client.post(path(letter, "sign", notice), typed("sign", notice)).status_code == 200


@pytest.mark.parametrize("action", ["report", "extension"])
def test_a_deputy_acts_on_these_days_only(
    cast: Cast, client: Client, action: str, thursday: time_machine.Traveller
) -> None:
    deputy = person("deputy", "owner")
    mail = reminded(deputy, cast.ring)
    url = path(mail, action, cast.ring)
    refused(client, url, typed(action, cast.ring))
    days: Any = {"starts_on": date(2023, 9, 21), "ends_on": date(2023, 9, 22)}
    delegations.create(cast.owner, deputy, **days, actor=SYSTEM, now=TODAY)
    assert client.get(url).status_code == 200
    thursday.move_to(TODAY + timedelta(days=2))
    refused(client, url, typed(action, cast.ring))
    thursday.move_to(TODAY + timedelta(days=1))
    assert client.post(url, typed(action, cast.ring)).status_code == 200


@pytest.mark.parametrize("action", ["report", "extension"])
def test_of_a_closed_milestone(cast: Cast, client: Client, action: str) -> None:
    mail = reminded(cast.owner, cast.ring)
    lifecycle.cancel(cast.ring, reason="不再建设", **as_office(cast))
    refused(client, path(mail, action, cast.ring), typed(action, cast.ring))


def test_of_a_milestone_for_which_time_was_asked_already(cast: Cast, client: Client) -> None:
    mail = reminded(cast.owner, cast.ring)
    later = FuzzyDate(date(2023, 10, 20))
    extensions.request(cast.ring, due=later, reason="台风", actor=Actor(cast.owner, Via.WEB), now=TODAY)
    said = refused(client, path(mail, "extension", cast.ring), typed("extension", cast.ring))
    assert "2023年10月20日" in said
    assert client.get(path(mail, "report", cast.ring)).status_code == 200


@pytest.mark.parametrize("end", ["cancel", "reply"])
def test_of_a_notice_that_needs_nothing_any_more(cast: Cast, client: Client, end: str) -> None:
    notice, mail = notice_to(cast, cast.owner)
    if end == "cancel":
        notices.cancel(notice, reason="已办结", **as_office(cast))
    else:
        notices.reply(notice, "10月20日前完成。", **as_office(cast))
    refused(client, path(mail, "sign", notice), typed("sign", notice))


def test_what_a_colleague_signed_for_may_still_be_answered(cast: Cast, client: Client) -> None:
    notice, mail = notice_to(cast, cast.owner)
    notices.sign(notice, actor=Actor(cast.coordinator, Via.WEB), now=TODAY)
    url = path(mail, "sign", notice)
    assert client.post(url, typed("sign", notice)).status_code == 422
    assert client.post(url, typed("sign", notice) | {"reply": "10月20日前完成。"}).status_code == 200
    notice.refresh_from_db()
    assert (notice.state, notice.signed_by, notice.replied_by) == ("replied", cast.coordinator, cast.owner)


def test_a_reminder_of_a_date_that_moved(cast: Cast, client: Client) -> None:
    mail = reminded(cast.owner, cast.ring, kind="single")
    operations.reschedule(cast.ring, FuzzyDate(date(2023, 10, 20)), reason="顺延", actor=SYSTEM, now=TODAY)
    type(mail).objects.filter(pk=mail.pk).update(created_at=EARLIER)
    mail.created_at = EARLIER
    refused(client, path(mail, "sign", cast.ring))


def test_a_form_of_an_older_state_is_shown_again_with_what_was_typed(cast: Cast, client: Client) -> None:
    notice, mail = notice_to(cast, cast.owner)
    said = typed("sign", notice) | {"reply": "10月20日前完成。"}
    notices.sign(notice, actor=Actor(cast.coordinator, Via.WEB), now=TODAY)
    page = client.post(path(mail, "sign", notice), said)
    assert page.status_code == 409
    assert "10月20日前完成。" in page.content.decode()


def test_a_mail_that_asks_for_a_report_offers_more_time_too(cast: Cast, client: Client) -> None:
    mail = asked(cast.owner, cast.ring)
    page = client.get(path(mail, "report", cast.ring)).content.decode()
    assert path(mail, "extension", cast.ring) in page


@pytest.mark.parametrize("action", ACTIONS)
def test_the_page_is_private(cast: Cast, client: Client, action: str) -> None:
    mail, about = for_action(cast, action)
    page = client.get(path(mail, action, about))
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert settings.SESSION_COOKIE_NAME not in page.cookies
    outside = [part for part in page.content.decode().split('"') if part.startswith(("http", "//"))]
    assert outside == []


def test_the_page_speaks_the_persons_language(cast: Cast) -> None:
    people.set_preferences(cast.owner, {"language": "en"}, actor=Actor(cast.owner, Via.WEB), now=TODAY)
    mail = reminded(cast.owner, cast.ring)
    browser = Client(headers={"accept-language": "zh-CN"})
    page = browser.get(path(mail, "report", cast.ring))
    assert (page["Content-Language"], "Report on it" in page.content.decode()) == ("en", True)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert browser.get(path(mail, "report", cast.ring))["Content-Language"] == "zh-hans"
