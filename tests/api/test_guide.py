"""Is the guide for other systems true? Its Python is run against a real server."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from milestones.clients import operations as clients
from milestones.models import Milestone
from milestones.planning import operations
from milestones.shapes import SHAPES, Reader
from tests import cast as casting
from tests.cast import NOW, SYSTEM

GUIDE = Path(settings.BASE_DIR) / "docs" / "api.md"


def examples(**names: Any) -> dict[str, Any]:
    """All that the guide's Python defines."""
    found = dict(names)
    for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        exec(compile(block, str(GUIDE), "exec"), found)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_replica_follows_creation_change_and_deletion(live_server: Any) -> None:
    running = casting.assemble()
    running.activate()
    token = clients.create({"name": "erp", "scopes": ["write", "people:read"]}, actor=SYSTEM, now=NOW).token
    follow = examples(URL=live_server.url, TOKEN=token)["follow"]
    replica: dict[tuple[str, str], Any] = {}
    cursor = follow(replica)
    assert len([key for key in replica if key[0] == "milestone"]) == Milestone.objects.count()
    operations.change(running.roof, {"title": "改名"}, actor=SYSTEM, now=NOW)
    draft = casting.plan("p-2024")
    doomed = casting.milestone(draft, casting.workstream(draft), "X-1")
    cursor = follow(replica, cursor)
    assert replica["milestone", str(running.roof.pk)] == SHAPES["milestone"].one(running.roof.pk, Reader(people=True))
    assert ("milestone", str(doomed.pk)) in replica
    operations.delete(doomed, actor=SYSTEM, now=NOW)
    follow(replica, cursor)
    assert ("milestone", str(doomed.pk)) not in replica


def test_a_signature_is_told_from_another() -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 24).decode()
    body = json.dumps({"type": "ping"}).encode()
    at = datetime.now(UTC)
    signature = Webhook(secret).sign("m-1", at, body.decode())
    headers = {"webhook-id": "m-1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    is_genuine = examples()["is_genuine"]
    assert is_genuine(secret, headers, body)
    assert not is_genuine(secret, headers, body + b" ")
