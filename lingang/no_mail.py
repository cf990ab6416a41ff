"""What becomes of a mail that somebody tries to send past the outbox?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Refuses everything: only the outbox knows what was sent, and sends again what was not."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> NoReturn:
        raise RuntimeError("Mails leave through the outbox only; put this one into it instead of sending it.")
