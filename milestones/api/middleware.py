"""What does every answer of the API tell besides itself, and what is kept of a refusal?"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from milestones.clients import activity


class Api:
    """The limits as headers; a refused client's statuses are counted for its page in the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        quota = getattr(request, "api_quota", None)
        for name, value in quota.headers() if quota is not None else ():
            answer[name] = value
        client = getattr(request, "api_client", None)
        if client is not None and answer.status_code >= 400:
            activity.refused(client, answer.status_code, timezone.now())
        return answer
