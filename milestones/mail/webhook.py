"""How does a message reach an organisation's webhook, and what did the receiver say?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from milestones import calling, urlguard
from milestones.calling import Answer, NoAnswer
from milestones.urlguard import Networks, Refused, Resolve

from .transport import Fate, Outcome

SECONDS = 10.0
KEPT = 300  # characters of an answer
LATER = frozenset({408, 425, 429})  # the only 4xx that say: not now (RFC 9110, 8470, 6585)


class Webhook:
    """A transport: one exchange a message, on a connection of its own.

    It never raises Unavailable: each message goes to another receiver, and one that is down keeps no other waiting.
    """

    def __init__(self, allowed: Networks = (), *, seconds: float = SECONDS, resolve: Resolve | None = None) -> None:
        self.allowed = allowed
        self.seconds = seconds
        self.resolve = resolve

    def send(self, name: str, sender: str, to: str, message: bytes) -> Outcome:
        """`name` is the row's id and the number of the attempt, `to` the address of the webhook."""
        headers = _headers(name.rpartition("-")[0])
        try:
            target = urlguard.read(to)
            answer = calling.post(
                target, headers, message, allowed=self.allowed, seconds=self.seconds, resolve=self.resolve
            )
            return _outcome(answer)
        except Refused as refusal:
            return _not_called(refusal)
        except NoAnswer as silence:
            # Once the body is on its way the receiver may have taken it, whatever comes after.
            return Outcome(Fate.UNKNOWN if silence.handed_over else Fate.DEFERRED, silence.words[:KEPT])

    def close(self) -> None:
        return None


def _not_called(refusal: Refused) -> Outcome:
    """A name that is not found may be found later; one that has come to lead inside is a matter for the office."""
    if refusal.why is urlguard.Why.UNKNOWN_NAME:
        return Outcome(Fate.DEFERRED, f"not sent: {refusal.host} is not found")
    if refusal.why is urlguard.Why.NOT_PUBLIC:
        return Outcome(Fate.REFUSED, f"not sent: {refusal.host} leads to an address that is not public")
    return Outcome(Fate.REFUSED, f"not sent: the address may not be called ({refusal.why})")


def _headers(key: str) -> Mapping[str, str]:
    return {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key}


def _outcome(answer: Answer) -> Outcome:
    status, reply = answer.status, answer.words[:KEPT]
    if 200 <= status < 300:
        return Outcome(Fate.ACCEPTED, reply)
    if status >= 500 or status in LATER:
        return Outcome(Fate.DEFERRED, reply, wait=calling.wait(answer.retry_after, datetime.now(UTC)))
    if 300 <= status < 400:
        return Outcome(Fate.REFUSED, f"{answer.words[: KEPT - 32]} (redirects are not followed)")
    return Outcome(Fate.REFUSED, reply)
