"""How fast do other systems come by what changed, beside an honest limit measured in the same run?

Each part is a file with a `run()`; `BENCH_PART=lists` measures one of them.
"""

from __future__ import annotations

import importlib
import os

PARTS = ("lists", "feed", "batch")  # bench/sync_lists.py, …


def run() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for part in os.environ.get("BENCH_PART", " ".join(PARTS)).split():
        importlib.import_module(f"bench.sync_{part}").run()
