"""Does the office see why somebody got a mail, or not, and what leaves on the days to come?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from milestones.reminders import engine
from tests.cast import Cast


@pytest.fixture
def office(running: Cast, client: Client) -> Client:
    client.force_login(running.office)
    return client


WHY, COMING = "admin:milestones_reminder_why", "admin:milestones_reminder_coming"


def test_the_list_of_reminders_leads_to_both_pages(running: Cast, office: Client) -> None:
    page = office.get(reverse("admin:milestones_reminder_changelist")).content.decode()
    assert reverse(WHY) in page
    assert reverse(COMING) in page


def test_every_step_is_told_for_one_person(running: Cast, office: Client) -> None:
    engine.sweep(timezone.now())
    asked = {"milestone": str(running.roof.pk), "person": str(running.owner.pk)}
    page = office.get(reverse(WHY), asked).content.decode()
    for step in ("before-30", "before-7", "overdue-15"):
        assert step in page


def test_an_empty_form_asks_and_a_wrong_one_says_what_is_missing(running: Cast, office: Client) -> None:
    assert "errorlist" not in office.get(reverse(WHY)).content.decode()
    assert "errorlist" in office.get(reverse(WHY), {"milestone": str(running.roof.pk)}).content.decode()


def test_the_days_to_come_are_shown_with_a_constant_number_of_queries(
    running: Cast, office: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60):
        response = office.get(reverse(COMING), {"person": str(running.owner.pk)})
    assert response.status_code == 200


def test_others_do_not_enter(running: Cast, client: Client) -> None:
    client.force_login(running.owner)
    assert client.get(reverse(WHY)).status_code == 403
