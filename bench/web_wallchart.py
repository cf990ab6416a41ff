"""How long does the server take for a wall chart of 500 milestones, all drawn, and for one of 5,000?

Of 5,000 the first page shows the fields of work folded; `_open` is the page of one that was opened.
"""

from __future__ import annotations

import logging

import structlog
from django.conf import settings
from django.test import Client

from bench import web_data
from bench.figures import figure, median, seconds
from milestones.models import Person

TIMES = 7


def run() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    # Requests are asked in this process, and its log is no figure.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for count in (500, 5000):
        plan = web_data.fill(f"wall-{count}", count)
        client = Client()
        client.force_login(Person.objects.get(email="office@example.org"), backend="milestones.people.sign_in.Backend")
        _measure(f"web.wallchart_{count}", client, f"/plans/{plan.code}/wallchart/")
        _measure(f"web.wallchart_{count}_open", client, f"/plans/{plan.code}/wallchart/?open=W1")


def _measure(name: str, client: Client, page: str) -> None:
    answer = client.get(page)  # the first one compiles templates
    assert answer.status_code == 200, answer.status_code
    figure(f"{name}_ms", 1000 * median(lambda: seconds(lambda: client.get(page)), TIMES), "ms")
    figure(f"{name}_kb", len(answer.content) / 1000, "kB")
