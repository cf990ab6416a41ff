"""How fast are the pages that people open every morning, as the server of an installation sends them?

Each part is a file with a `run()`; `BENCH_PART=pages` measures one of them.
"""

from __future__ import annotations

import importlib
import os

PARTS = ("pages", "ledger", "wallchart")  # bench/web_pages.py, …


def run() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    for part in os.environ.get("BENCH_PART", " ".join(PARTS)).split():
        importlib.import_module(f"bench.web_{part}").run()
