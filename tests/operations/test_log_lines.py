"""Are log lines JSON with the ids of their request, and free of rights and persons?"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

import lingang.logs
import lingang.sentry
from lingang import celery_app
from tests.servers.installation import Installation

TOKEN = "AZLaBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"
WORD = "a word that somebody typed"


def fails(request: HttpRequest, token: str) -> HttpResponse:
    typed = request.POST["password"]
    raise RuntimeError(f"length {len(typed)}")


urlpatterns = [path("do/reset/<token>/", fails), path("fine/", lambda request: HttpResponse("fine"))]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What is logged as JSON during a test, read back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    lingang.logs.configure({"style": "json", "level": "INFO"})
    stream = io.StringIO()
    for handler in root.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    lingang.logs.configure({"style": "console", "level": "INFO"})
    root.handlers, root.level = before, level


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_request_is_one_line_with_its_id(lines: Callable[[], list[dict[str, Any]]]) -> None:
    Client().get("/fine/")
    found = [line for line in lines() if line["event"].startswith("request_")]
    assert [(line["event"], line["code"]) for line in found] == [("request_finished", 200)]
    assert found[0]["request_id"]
    assert all(line["timestamp"].endswith("Z") and line["level"] == "info" for line in found)


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_an_error_shows_neither_the_token_of_its_address_nor_what_was_typed(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    Client(raise_request_exception=False).post(f"/do/reset/{TOKEN}/", {"password": WORD})
    found = lines()
    assert any(line["level"] == "error" and "exception" in line for line in found)
    said = json.dumps(found, ensure_ascii=False)
    assert TOKEN not in said
    assert WORD not in said
    assert "/do/reset/•••/" in said


def test_sentry_is_told_no_token() -> None:
    address = f"https://plan.example.org/do/reset/{TOKEN}/"
    event = {
        "request": {"url": address, "cookies": {"sessionid": "x"}, "query_string": f"token={TOKEN}"},
        "transaction": f"/do/reset/{TOKEN}/",
        "logentry": {"message": "Internal Server Error: %s", "formatted": f"Internal Server Error: /do/reset/{TOKEN}/"},
        "breadcrumbs": {"values": [{"message": f"GET /do/reset/{TOKEN}/", "data": {"url": address}}, {"data": None}]},
    }
    assert TOKEN not in json.dumps(lingang.sentry.mask(event, {}))


def test_each_line_of_a_task_has_its_id(installation: Callable[..., Installation], redis_url: str) -> None:
    there = installation(REDIS_URL=redis_url, LOG_FORMAT="json")
    there.worker()
    sent = celery_app.send_task("milestones.tasks.publish_changes", queue="default")
    there.says("worker0", "task_succeeded")
    lines = [json.loads(line) for line in there.log("worker0").splitlines() if line.startswith("{")]
    found = {line["event"]: line for line in lines if line.get("task_id") == sent.id}
    assert {"task_started", "task_succeeded"} <= found.keys()
    assert found["task_started"]["task"] == "milestones.tasks.publish_changes"
