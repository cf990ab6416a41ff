"""Does the library of Standard Webhooks take what we sign, also while a secret is being replaced?"""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import WebhookVerificationError

from milestones.models import ChangeEntry
from milestones.webhooks import operations, signing
from tests.webhooks.desk import Desk, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The library looks at the clock: a message is of now."""
    desk.now = timezone.now()
    return desk


def test_the_library_takes_it(desk: Desk) -> None:
    desk.change()
    desk.run()
    (request,) = desk.receiver.requests
    assert verified(request, desk.secret) == request.json
    assert request.headers["webhook-signature"].startswith("v1,")
    with pytest.raises(WebhookVerificationError):
        verified(request, signing.make_secret())


def test_a_secret_is_long_and_prefixed() -> None:
    first, second = signing.make_secret(), signing.make_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


def test_during_a_rotation_both_secrets_convince_and_then_the_new_one_alone(desk: Desk) -> None:
    new = operations.rotate_secret(desk.endpoint, overlap=timedelta(hours=24), **desk.how).secret
    desk.change()
    desk.run()
    (both,) = desk.receiver.requests
    assert len(both.headers["webhook-signature"].split()) == 2
    assert verified(both, new) == verified(both, desk.secret) == both.json
    operations.rotate_secret(desk.refresh(), overlap=timedelta(), **desk.how)  # the old one leaked
    desk.change()
    desk.run()
    _first, after = desk.receiver.requests
    assert len(after.headers["webhook-signature"].split()) == 1
    for old in (desk.secret, new):
        with pytest.raises(WebhookVerificationError):
            verified(after, old)


def test_after_a_day_the_old_secret_signs_no_more(desk: Desk) -> None:
    desk.now -= timedelta(hours=25)
    new = operations.rotate_secret(desk.endpoint, **desk.how).secret
    desk.change()
    desk.run(hours=25)
    (request,) = desk.receiver.requests
    assert verified(request, new) == request.json
    with pytest.raises(WebhookVerificationError):
        verified(request, desk.secret)


def test_each_attempt_is_signed_anew(desk: Desk) -> None:
    desk.now -= timedelta(minutes=10)
    desk.receiver.answer(500, 200)
    desk.change()
    desk.run()
    desk.run(minutes=10)
    stale, fresh = desk.receiver.requests
    assert verified(fresh, desk.secret) == stale.json
    with pytest.raises(WebhookVerificationError):
        verified(stale, desk.secret)  # too old for the library's five minutes


def test_no_secret_is_in_history_or_in_what_is_shown(desk: Desk) -> None:
    issued = operations.rotate_secret(desk.endpoint, **desk.how)
    told = str(list(ChangeEntry.objects.of(desk.endpoint).values()))
    assert "whsec_" not in told
    assert "very-secret-token" not in told
    assert "whsec_" not in repr(issued)
