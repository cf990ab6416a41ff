"""Do reminders leave? For cron: 0 they do, 1 they do not, 2 the database does not answer. Posts the alarm once."""

from __future__ import annotations

import socket
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from milestones.upkeep import witness
from milestones.upkeep.faults import Fault, Problem


class Command(BaseCommand):
    help = (
        "Says what keeps reminders from leaving, and posts the alarm once an incident. Exit code 0: all is well (and"
        " nothing is printed, unless -v 2), 1: reminders do not leave, 2: the database does not answer."
    )
    requires_system_checks: list[str] = []  # whatever is wrong elsewhere, this answers

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        now = timezone.now()
        problems = witness.look_at_all(now=now, started=None, by=f"watchdog {socket.gethostname()}")
        for problem in problems:
            self.stdout.write(problem.words(now))
        if not problems and verbosity > 1:
            self.stdout.write("reminders leave")
        sys.exit(exit_code(problems))


def exit_code(problems: list[Problem]) -> int:
    if any(problem.fault is Fault.DATABASE for problem in problems):
        return 2
    return 1 if problems else 0
