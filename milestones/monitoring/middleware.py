"""Where are the pages for machines? Before everything else, so that they answer when something behind them does not.

No session, no sign-in, no redirect to https, no list of host names and no log line: a monitor asks every few seconds,
by whatever name it knows this machine.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from . import views

PAGES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/health/live": views.live,
    "/health/ready": views.ready,
    "/health/reminders": views.reminders,
    "/metrics": views.metrics,
}


class Monitoring:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return PAGES.get(request.path_info, self.get_response)(request)
