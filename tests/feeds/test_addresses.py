"""Who has an address, what does it answer, and when does it stop?"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from milestones import access
from milestones.actors import Actor
from milestones.errors import Forbidden, RuleBroken
from milestones.feeds import operations, tokens
from milestones.models import CalendarFeed, ChangeEntry, Person
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.feeds.reading import fetch, make, path, written
from tests.two_at_once import together

pytestmark = pytest.mark.django_db


def revoke(feed: CalendarFeed, by: Person) -> bool:
    return operations.revoke(feed, actor=acting(by), now=NOW + timedelta(hours=1))


# --- The token --------------------------------------------------------------------------------------------------------
def test_an_address_is_always_the_same_and_nowhere_stored(running: Cast) -> None:
    feed = make(running.owner)
    token = tokens.sign(feed)
    assert tokens.sign(CalendarFeed.objects.get()) == token
    assert tokens.read(token) == feed
    stored = [str(row) for row in CalendarFeed.objects.values()] + [str(row) for row in ChangeEntry.objects.values()]
    assert not any(token in row for row in stored)


def test_another_secret_makes_other_addresses(running: Cast) -> None:
    feed = make(running.owner)
    token = tokens.sign(feed)
    with override_settings(SECRET_KEY="another secret"), pytest.raises(tokens.FeedUnknown):
        tokens.read(token)


def test_what_is_no_address_of_ours_is_not_found(running: Cast) -> None:
    token, other = tokens.sign(make(running.owner)), tokens.sign(make(running.other))
    mixed = base64.urlsafe_b64encode(
        base64.urlsafe_b64decode(other)[:16] + base64.urlsafe_b64decode(token)[16:]
    ).decode()
    for wrong in ("x", "节点", token[:-1], token + "=", token[:-2] + "==", f"{token}!", "A" * 48, mixed, token.lower()):
        answer = Client().get(f"/feeds/{wrong}.ics")
        assert answer.status_code == 404, wrong
        assert answer["Cache-Control"] == "private"
    assert Client().get(f"/feeds/{token}.ics").status_code == 200


# --- The page ---------------------------------------------------------------------------------------------------------
def test_it_needs_no_sign_in_and_leaves_no_trace(running: Cast) -> None:
    answer = fetch(make(running.owner))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Content-Language"] == "zh-hans"
    assert not answer.cookies


def test_what_the_calendar_has_already_is_not_sent_again(running: Cast) -> None:
    feed = make(running.owner)
    tag = fetch(feed)["ETag"]
    again = fetch(feed, having=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert fetch(feed, having='W/"other"').status_code == 200


def test_only_reading_is_answered(running: Cast) -> None:
    feed = make(running.owner)
    head = Client().head(path(feed))
    assert (head.status_code, head.content) == (200, b"")
    assert Client().post(path(feed)).status_code == 405


def test_revoked_it_is_gone_for_ever(running: Cast) -> None:
    feed = make(running.owner)
    assert revoke(feed, running.owner)
    assert not revoke(feed, running.owner)
    assert fetch(feed).status_code == 410
    assert make(running.owner).pk != feed.pk
    assert fetch(feed).status_code == 410


def test_who_left_has_no_calendar_any_more(running: Cast) -> None:
    feed = make(running.viewer)
    Person.objects.filter(pk=running.viewer.pk).update(is_active=False)
    assert fetch(feed).status_code == 410
    Person.objects.filter(pk=running.viewer.pk).update(is_active=True)
    assert fetch(feed).status_code == 200


def test_accounts_of_the_demonstration_have_none_in_production(running: Cast) -> None:
    feed = make(running.viewer)
    Person.objects.filter(pk=running.viewer.pk).update(is_demo=True)
    with override_settings(PRODUCTION=True), pytest.raises(tokens.FeedGone):
        tokens.read(tokens.sign(feed))


# --- The verbs --------------------------------------------------------------------------------------------------------
def test_asked_for_twice_it_is_the_same(running: Cast) -> None:
    assert make(running.owner) == make(running.owner)
    assert make(running.owner, running.plan) == make(running.owner, running.plan)
    assert CalendarFeed.objects.count() == 2
    assert list(ChangeEntry.objects.filter(entity="calendarfeed").values_list("verb", flat=True)) == ["feed.create"] * 2


@pytest.mark.django_db(transaction=True)
def test_asked_for_twice_at_once_it_is_one(running: Cast) -> None:
    found = together(*[lambda: make(running.owner)] * 2)
    assert len({feed.pk for feed in found if isinstance(feed, CalendarFeed)}) == 1
    assert CalendarFeed.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_revoked_twice_at_once_it_is_revoked_once(running: Cast) -> None:
    feed = make(running.owner)
    together(*[lambda: revoke(CalendarFeed.objects.get(pk=feed.pk), running.owner)] * 2)
    assert ChangeEntry.objects.filter(verb="feed.revoke").count() == 1
    assert CalendarFeed.objects.get().version == 2


def test_a_draft_has_no_calendar(cast: Cast) -> None:
    for person in (cast.office, cast.viewer):
        with pytest.raises(RuleBroken):
            make(person, cast.plan)


def test_only_for_oneself_and_only_by_people(running: Cast) -> None:
    for actor in (SYSTEM, Actor(None, "api", client="x", scopes=frozenset({"write"}))):
        with pytest.raises(Forbidden):
            operations.create(actor=actor, now=NOW)


def test_one_revokes_ones_own_and_the_office_anybodys(running: Cast) -> None:
    feed = make(running.owner)
    for stranger in (running.other, running.coordinator, running.leader):
        with pytest.raises(Forbidden):
            revoke(feed, stranger)
    assert revoke(feed, running.office)


def test_whose_calendar_there_is_is_nobody_elses_matter(running: Cast) -> None:
    feed = make(running.owner, running.plan)
    everything = CalendarFeed.objects.all()
    seen: dict[str, list[Any]] = {
        name: list(access.visible(everything, getattr(running, name))) for name in ("owner", "leader", "office")
    }
    assert seen == {"owner": [feed], "leader": [], "office": [feed]}
    entries = ChangeEntry.objects.filter(entity="calendarfeed")
    assert not access.visible(entries, running.viewer).exists()


# --- My settings, and the office's workbench --------------------------------------------------------------------------
@pytest.fixture
def signed_in(running: Cast, client: Client) -> Client:
    client.force_login(running.owner)
    return client


def test_an_address_is_made_copied_and_revoked_in_ones_settings(running: Cast, signed_in: Client) -> None:
    assert signed_in.post("/me/calendar/").status_code == 302
    assert signed_in.post("/me/calendar/", {"plan": "p-2023"}).status_code == 302
    page = signed_in.get("/me/").content.decode()
    for feed in CalendarFeed.objects.all():
        assert f'value="{tokens.address(feed)}"' in page
        assert tokens.address(feed).replace("http://", "webcal://") in page
        assert signed_in.post(f"/me/calendar/{feed.pk}/revoke/").status_code == 302
        assert fetch(feed).status_code == 410
    assert "webcal://" not in signed_in.get("/me/").content.decode()


def test_what_is_not_ones_own_is_not_found(running: Cast, signed_in: Client) -> None:
    theirs = make(running.other)
    assert signed_in.post(f"/me/calendar/{theirs.pk}/revoke/").status_code == 404
    assert signed_in.post("/me/calendar/", {"plan": "none"}).status_code == 404
    assert b"BEGIN:VCALENDAR" in written(theirs)


def test_no_address_is_shown_to_others(running: Cast, client: Client) -> None:
    """Not even the office sees it: it knows which there are, and revokes them."""
    feed = make(running.owner)
    client.force_login(running.office)
    person = f"/admin/milestones/person/{running.owner.pk}/change/"
    listed = f"/admin/milestones/calendarfeed/?person__id__exact={running.owner.pk}"
    one = f"/admin/milestones/calendarfeed/{feed.pk}/"
    assert listed in client.get(person).content.decode()
    for url in (listed, f"{one}change/", f"{one}history/"):
        text = client.get(url).content.decode()
        assert running.owner.display_name in text
        assert tokens.sign(feed) not in text
    assert f"{one}do/revoke/" in client.get(f"{one}change/").content.decode()
    assert client.get(f"{one}do/revoke/").status_code == 200
    assert client.post(f"{one}do/revoke/", {"version": feed.version}).status_code == 302
    assert fetch(feed).status_code == 410
    assert f"{one}do/revoke/" not in client.get(f"{one}change/").content.decode()
