"""Who is let in, and who stays in?"""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from pytest_django import Settings

from milestones.models import Person
from tests.operations.data import office

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough word"


def let_in() -> bool:
    return authenticate(None, email="office@example.org", password=PASSWORD) is not None


def test_an_active_account_is_let_in_and_one_that_left_is_not() -> None:
    person = office()
    assert let_in()
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert not let_in()


def test_a_demonstration_account_is_refused_in_production_only(settings: Settings) -> None:
    person = office()
    Person.objects.filter(pk=person.pk).update(is_demo=True)
    assert let_in()
    settings.PRODUCTION = True
    assert not let_in()


def test_a_session_ends_with_the_right_to_have_one(settings: Settings) -> None:
    person = office()
    client = Client()
    client.force_login(person, backend="milestones.people.sign_in.Backend")
    assert client.get("/admin/").status_code == 200
    Person.objects.filter(pk=person.pk).update(is_demo=True)
    settings.PRODUCTION = True
    assert client.get("/admin/", secure=True).status_code == 302
