"""One worker: says when it is ready, then drains the outbox, or shares a sweep, at each word it is told, until nobody
speaks."""

from __future__ import annotations

import sys


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from bench import data
    from milestones.reminders import delivery, engine

    works = {
        "deliver": lambda: delivery.deliver(timezone.now, as_of=data.NOW),
        "plan": lambda: engine.help_out(data.NIGHT),
    }
    work = works[sys.argv[1]]
    connection.ensure_connection()
    print("ready", flush=True)
    for _word in sys.stdin:
        work()


if __name__ == "__main__":
    main()
