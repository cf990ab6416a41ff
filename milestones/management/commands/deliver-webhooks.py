"""How are other systems told of changes without Celery?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from milestones.webhooks import delivery, fan_out


class Command(BaseCommand):
    help = "Tells the endpoints of other systems what changed, and tries again what is due; once."

    def handle(self, *args: Any, **options: Any) -> None:
        taken = fan_out.fan_out(now=timezone.now())
        done = delivery.deliver(timezone.now)
        self.stdout.write(f"changes {taken}  sent {done['sent']}  refused {done['refused']}")
