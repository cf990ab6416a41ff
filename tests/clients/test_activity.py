"""Does a client still come, how far behind is it, what was it refused, and who hears that it is silent?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.changes.publish import publish_all
from milestones.clients import activity, operations, watching
from milestones.models import ApiClient, ChangeEntry, ClientActivity, ClientHour, OutgoingMail
from milestones.people import operations as people
from milestones.upkeep import retention
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast
from tests.clients.cast import client
from tests.clients.test_tokens import read_only
from tests.two_at_once import together

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    activity._waiting.clear()
    activity._written.clear()


def health(now: Any = NOW) -> activity.Health:
    return activity.health(ApiClient.objects.get(), now)


# Pulls ----------------------------------------------------------------------------------------------------------------
def test_a_pull_is_known_by_name_and_by_id() -> None:
    made = client().client
    activity.pulled("erp", 3, NOW)
    assert (health().last_seq, health().last_pull_at) == (3, NOW)
    activity.pulled(made.pk, 4, NOW + MINUTE)
    assert (health().last_seq, health().last_pull_at) == (4, NOW + MINUTE)
    activity.pulled("nobody", 4, NOW)
    assert ClientActivity.objects.count() == 1


def test_a_pull_that_brings_nothing_new_is_written_once_a_minute() -> None:
    client()
    activity.pulled("erp", 3, NOW)
    with CaptureQueriesContext(connection) as queries:
        activity.pulled("erp", 3, NOW + timedelta(seconds=59))
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]
    assert health().last_pull_at == NOW
    activity.pulled("erp", 3, NOW + MINUTE)
    assert health().last_pull_at == NOW + MINUTE


def test_an_answer_goes_out_though_nothing_can_be_written() -> None:
    made = client().client
    with read_only():
        activity.pulled("erp", 3, NOW)
        activity.refused(made.pk, 404, NOW)
    assert not ClientActivity.objects.exists()
    activity.refused(made.pk, 404, NOW + MINUTE)
    assert health().errors == {404: 2}


def test_how_far_behind_counts_what_was_published_since(cast: Cast) -> None:
    client()
    publish_all()
    newest = ChangeEntry.objects.filter(seq__isnull=False).count()
    assert (health().behind, health().missing_since) == (None, None)
    activity.pulled("erp", newest, NOW)
    assert (health().behind, health().missing_since) == (0, None)
    for day in (1, 2):
        operations.create({"name": f"c{day}", "scopes": ["read"]}, actor=SYSTEM, now=NOW + day * DAY)
    publish_all()
    found = activity.health(ApiClient.objects.get(name="erp"), NOW)
    assert (found.behind, found.missing_since) == (2, NOW + DAY)


# Refusals -------------------------------------------------------------------------------------------------------------
def test_refusals_of_a_day_are_counted_by_status() -> None:
    made = client().client
    for hours, status in ((0, 404), (2, 404), (3, 429), (4, 500)):
        activity.refused(made.pk, status, NOW + hours * HOUR)
    assert health(NOW + 4 * HOUR).errors == {404: 2, 429: 1, 500: 1}
    assert health(NOW + 27 * HOUR).errors == {429: 1, 500: 1}
    assert health(NOW + 60 * HOUR).errors == {}


def test_a_storm_is_written_once_a_second_and_loses_nothing_that_was_followed() -> None:
    made = client().client
    for each in range(1_000):
        activity.refused(made.pk, 429, NOW + timedelta(milliseconds=each))
    assert ClientHour.objects.get().count == 1
    activity.refused(made.pk, 429, NOW + timedelta(seconds=1))
    assert ClientHour.objects.get().count == 1_001


@pytest.mark.django_db(transaction=True)
def test_two_processes_count_into_one_hour() -> None:
    made = client().client
    hour = NOW.replace(minute=0)
    count = {(made.pk, hour, 404): 1, (made.pk, hour, 429): 2}
    assert together(*[lambda: activity._count(count)] * 4) == [None] * 4
    assert health().errors == {404: 4, 429: 8}


def test_what_is_older_than_a_month_goes() -> None:
    made = client().client
    activity.refused(made.pk, 404, NOW)
    assert retention.forget(NOW + 31 * DAY)["refusals"] == 0
    assert retention.forget(NOW + 31 * DAY + HOUR)["refusals"] == 1


def test_many_clients_cost_as_many_queries_as_one(cast: Cast) -> None:
    for number in range(20):
        made = client(f"c{number}").client
        activity.pulled(made.pk, number, NOW)
        activity.refused(made.pk, 404, NOW + number * MINUTE)
    clients = list(ApiClient.objects.all())
    with CaptureQueriesContext(connection) as queries:
        found = activity.healths(clients, NOW)
    assert len(queries) == 4
    assert [one.client for one in found] == clients


# Silence --------------------------------------------------------------------------------------------------------------
def silent(now: Any) -> bool:
    return health(now).is_silent


def test_only_who_promised_to_come_can_be_silent() -> None:
    made = client().client
    assert not silent(NOW + 400 * DAY)
    operations.edit(made, {"expected_every": 30}, actor=SYSTEM, now=NOW)
    assert not silent(NOW + 30 * MINUTE)
    assert silent(NOW + 31 * MINUTE)
    operations.deactivate(made, actor=SYSTEM, now=NOW)
    assert not silent(NOW + 31 * MINUTE)


def test_a_pull_ends_the_silence_and_a_change_of_settings_gives_the_interval_anew() -> None:
    made = client(expected_every=30).client
    activity.pulled("erp", 1, NOW + HOUR)
    assert not silent(NOW + HOUR + 30 * MINUTE)
    assert silent(NOW + 2 * HOUR)
    operations.rotate(made, actor=SYSTEM, now=NOW + 2 * HOUR)
    assert not silent(NOW + 2 * HOUR + MINUTE)


def mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.filter(kind="client_silent").order_by("id").values_list("to", "subject"))


def test_its_owner_is_told_once_of_each_silence(cast: Cast) -> None:
    client(owner=cast.viewer, expected_every=30)
    activity.pulled("erp", 1, NOW)
    assert watching.watch(NOW + 30 * MINUTE) == 0
    assert watching.watch(NOW + 31 * MINUTE) == 1
    assert watching.watch(NOW + 90 * MINUTE) == 0
    assert [to for to, _subject in mails()] == ["viewer@example.org"]
    assert "erp" in mails()[0][1]
    activity.pulled("erp", 1, NOW + 2 * HOUR)
    assert watching.watch(NOW + 2 * HOUR) == 0
    assert watching.watch(NOW + 3 * HOUR) == 1
    assert len(mails()) == 2


def test_without_an_owner_who_is_here_the_office_is_told(cast: Cast) -> None:
    client(owner=cast.viewer, expected_every=30)
    people.deactivate(cast.viewer, actor=SYSTEM, now=NOW)
    assert watching.watch(NOW + HOUR) == 1
    assert {to for to, _subject in mails()} == {"office@example.org", "colleague@example.org"}


def test_the_mail_says_since_when_how_much_waits_and_what_was_refused(cast: Cast) -> None:
    owner = casting.person("operator", "viewer", language="en")
    made = client(owner=owner, expected_every=30).client
    publish_all()
    activity.pulled("erp", ChangeEntry.objects.count() - 2, NOW)
    activity.refused(made.pk, 401, NOW)
    watching.watch(NOW + HOUR)
    text = OutgoingMail.objects.get().text
    for words in (
        "since 2023-01-12 09:00",
        "every 30 min.",
        "wait for it: 2.",
        "401 × 1",
        "the owner of this client",
    ):
        assert words in text
    assert "/admin/" not in text


@pytest.mark.django_db(transaction=True)
def test_two_who_watch_at_once_tell_once(cast: Cast) -> None:
    client(owner=cast.office, expected_every=30)
    assert sorted(map(str, together(*[lambda: watching.watch(NOW + HOUR)] * 2))) == ["0", "1"]
    assert len(mails()) == 1
