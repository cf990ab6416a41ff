"""Does every answer that Schemathesis can provoke stand in the API's description?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CheckFunction, load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from milestones.api.openapi.document import document
from tests.api.http import Api
from tests.cast import Cast
from tests.shapes.conftest import furnished

__all__ = ["furnished"]  # rows of every noun

load_all_checks()

pytestmark = pytest.mark.one_database("answers against the description of the API")
SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.app = get_wsgi_application()
REFUSALS = ["400", "401", "403", "404", "405", "409", "410", "412", "413", "415", "422", "428", "429"]
SCHEMA.config.checks.negative_data_rejection.expected_statuses = REFUSALS
# Well-formed is not yet acceptable: what a body refers to has to exist, and rules of the domain are no types.
NOT_MEANT: list[CheckFunction] = [positive_data_acceptance]
POSITIVE = GenerationMode.POSITIVE
# Deterministic: what it finds today it finds tomorrow.
STEADY: dict[str, Any] = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}
# What the world has, in the place of what Schemathesis invents.
KNOWN: dict[str, Any] = {
    "plan": "p-2023",
    "workstream": "FIN",
    "milestone": "p-2023/FIN-03",
    "target": "p-2023/T1",
    "predecessor": "p-2023/FIN-01",
    "successor": "p-2023/FIN-03",
    "organisation": "FTB",
    "lead": "FTB",
    "accountable": "owner@example.org",
    "parent": None,
    "parties": [],
    "external_refs": [],
    "due": {"on": "2023-12-31", "precision": "year"},
    "as_of": "2023-06-30",
    "forecast": None,
    "revises": None,
    "source_span": None,
    "url": "https://93.184.216.34/hook",
    "events": ["*"],
    "time_zone": "Asia/Shanghai",
}


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: Any, value: Any) -> bytes:
    """One row of a batch."""
    return json.dumps(value).encode()


@pytest.fixture(autouse=True)
def _connections_stay() -> Iterator[None]:
    """As with Django's own test client: a request is over, the transaction of the test is not."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def api(furnished: Cast, client_of: Callable[..., Api]) -> Api:
    return client_of("write", "people:read", "webhooks", name="schemathesis", rate="1000000/min")


@SCHEMA.parametrize()
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate], **STEADY)
def test_every_answer_is_as_described(case: schemathesis.Case, api: Api) -> None:
    with transaction.atomic():
        case.call_and_validate(headers=api.headers, excluded_checks=[*NOT_MEANT, *own_answers(case)])
        transaction.set_rollback(True)


def own_answers(case: schemathesis.Case) -> list[CheckFunction]:
    """A row of a batch that is refused has an answer of its own in an answer that is a success."""
    is_batch = case.operation.path.endswith("/batch")
    return [negative_data_rejection] if is_batch else []


# What is reached by links; verbs and other ways in are asked alone.
LINKED = SCHEMA.exclude(path_regex=r"\}/|/by-ref/|/batch$|/changes$|/me$|/reminders|/notices")


class Journey(LINKED.as_state_machine()):  # type: ignore[misc]  # made by the schema
    """Things are created, read, changed and deleted, one after another, along the links that the description has."""

    headers: ClassVar[dict[str, str]] = {}
    answered: ClassVar[Counter[str]] = Counter()

    def setup(self) -> None:
        self.held = transaction.atomic()
        self.held.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.held.__exit__(None, None, None)

    def before_call(self, case: schemathesis.Case) -> None:
        case.query.pop("cursor", None)  # only the server makes them
        is_good = case.media_type == "application/json" and case.meta and case.meta.generation.mode == POSITIVE
        if is_good and isinstance(case.body, dict):
            case.body = {name: KNOWN.get(name, value) for name, value in case.body.items()}

    def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
        return {"headers": self.headers}

    def after_call(self, response: Any, case: schemathesis.Case) -> None:
        self.answered[f"{case.method} {response.status_code}"] += 1

    def validate_response(self, response: Any, case: schemathesis.Case, **options: Any) -> None:
        """Without a token each is asked in the test above."""
        excluded = [*NOT_MEANT, *own_answers(case), ignored_auth]
        case.validate_response(response, excluded_checks=excluded, transport_kwargs=options)


def test_what_is_created_can_be_followed(api: Api) -> None:
    Journey.headers, Journey.answered = api.headers, Counter()
    Journey.run(settings=settings(max_examples=50, stateful_step_count=8, phases=[Phase.generate], **STEADY))
    assert {"POST 201", "GET 200", "PATCH 200"} <= set(Journey.answered), Journey.answered
