"""`python -m bench [GROUP]`: which figures does this machine give? One line each: name value unit."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile

GROUPS = ("reminders", "sync", "intake", "web", "exchange")


def main(names: list[str]) -> int:
    if unknown := sorted(set(names) - set(GROUPS)):
        print(f"There is no group {unknown[0]!r}; choose from {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="lingang-bench-") as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        for name in names or GROUPS:
            importlib.import_module(f"bench.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
