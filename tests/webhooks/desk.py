"""An endpoint, what changes, and a clock that is turned instead of waited for."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from standardwebhooks.webhooks import Webhook as Verifier

from milestones.clients import operations as clients
from milestones.models import ApiClient, Milestone, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from milestones.planning import operations as planning
from milestones.webhooks import operations
from milestones.webhooks.calls import Caller
from milestones.webhooks.delivery import deliver
from milestones.webhooks.fan_out import fan_out
from tests.cast import NOW, SYSTEM, Cast
from tests.servers.receiver import Receiver

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@dataclass
class Desk:
    cast: Cast
    receiver: Receiver
    now: datetime = NOW + timedelta(days=1)
    seconds: float = 5.0
    endpoint: WebhookEndpoint = field(init=False)
    secret: str = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint, self.secret = self.make()
        fan_out(now=self.now)

    @property
    def how(self) -> dict[str, Any]:
        return {"actor": SYSTEM, "now": self.now}

    def make(self, *events: str, client: ApiClient | None = None, url: str = "") -> tuple[WebhookEndpoint, str]:
        values = {"url": url or self.receiver.url, "events": events or ["*"]}
        issued = operations.create(values, client=client, **self.how)
        return issued.endpoint, issued.secret

    def change(self, milestone: Milestone | None = None, **values: Any) -> None:
        """Something of a milestone is new; each call another instant, hence another transaction."""
        row = Milestone.objects.get(pk=(milestone or self.cast.roof).pk)
        self.later(milliseconds=1)
        planning.change(row, values or {"description": f"{self.now:%H:%M:%S.%f}"}, **self.how)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def run(self, **span: float) -> Counter[str]:
        """So much later, one run as the worker makes it."""
        self.later(**span)
        fan_out(now=self.now)
        return deliver(lambda: self.now, caller=Caller(LOOPBACK, seconds=self.seconds))

    def deliveries(self, endpoint: WebhookEndpoint | None = None) -> list[WebhookDelivery]:
        return list((endpoint or self.endpoint).deliveries.order_by("seq", "created_at"))

    @property
    def the_only(self) -> WebhookDelivery:
        (found,) = self.deliveries()
        return found

    def log(self, delivery: WebhookDelivery | None = None) -> list[tuple[int | None, str]]:
        """(status, failure) of every attempt."""
        rows: Sequence[WebhookAttempt] = list((delivery or self.the_only).attempt_rows.all())
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        return [(row.status, row.failure) for row in rows]

    def types(self, endpoint: WebhookEndpoint | None = None) -> list[str]:
        return [one.type for one in self.deliveries(endpoint)]

    def got(self) -> list[Any]:
        return [request.json for request in self.receiver.requests]

    def refresh(self) -> WebhookEndpoint:
        self.endpoint = WebhookEndpoint.objects.get(pk=self.endpoint.pk)
        return self.endpoint


def client_of(*scopes: str, name: str = "erp", **values: Any) -> ApiClient:
    values = {"name": name, "scopes": [*scopes, "webhooks"], **values}
    return clients.create(values, actor=SYSTEM, now=NOW).client


def verified(request: Any, secret: str) -> Any:
    """The body, as the standard's own library takes it; it raises when the signature is not right."""
    return Verifier(secret).verify(request.body, dict(request.headers.items()))
