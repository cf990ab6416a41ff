"""How does a signed-in person ask the API? With the session of the browser, and its token against forgery."""

from __future__ import annotations

from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from milestones.models import Person
from tests.api.http import Api


def signed_in(person: Person, *, csrf: bool = True) -> Api:
    """`csrf=False`: as another site would have the browser ask."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(person)
    api = Api(session=client)
    if csrf:
        client.cookies["csrftoken"] = token = _get_new_csrf_string()
        api.headers["X-CSRFToken"] = token
    return api
