"""What is to be done about each kind of problem?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

ADVICE: Mapping[str, Any] = {
    "malformed": _("Send JSON in UTF-8 and well-formed headers; `detail` says what could not be read."),
    "bad-parameter": _("Correct or leave out the parameter that `errors` names."),
    "bad-cursor": _("Begin again without a cursor. Cursors are made by the server and belong to their query."),
    "unauthenticated": _("Send “Authorization: Bearer …” with a token that is neither expired nor revoked."),
    "forbidden": _("Ask the office; repeating the request does not help."),
    "missing-scope": _("Ask the office for a token with the scope that `scope` names."),
    "wrong-address": _("Call from one of the networks that the client was given, or have them changed."),
    "not-found": _("Check the address. What lies outside your reach is answered in the same way."),
    "method-not-allowed": _("Use one of the methods that the header Allow names."),
    "conflict": _("Read the object: its state does not allow this now. Nothing was changed."),
    "cancel-instead": _("Cancel or withdraw it with a reason: in an active plan nothing disappears."),
    "duplicate": _("Choose another value for the field that `errors` names, or change the object that has it."),
    "in-progress": _("Ask again with the same key after Retry-After seconds."),
    "gone": _("Drop the cursor and read everything once more from `resync_url`."),
    "stale": _("Compare with `current`, apply your change to it, and send its entity tag."),
    "too-large": _("Send it in smaller parts."),
    "unsupported-media-type": _("Send application/json, or what the documentation names for this address."),
    "invalid": _("Correct what `errors` names, each with its place in the body."),
    "key-reused": _("Take a new Idempotency-Key for each new request."),
    "precondition-required": _("Read the object and send its entity tag as If-Match."),
    "too-many": _("Wait for Retry-After seconds, then go on."),
    "internal": _("This is a fault of the server and was noted. Repeat the request later, a POST with its key."),
}
