"""Is docs/openapi.json what the API says of itself? Writes it; with --check compares the two."""

from __future__ import annotations

import difflib
import json
import os
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOT = Path("docs/openapi.json")
MOST_LINES = 60  # of a difference


def main(arguments: list[str]) -> int:
    kept, now = _kept(), _now()
    if "--check" not in arguments:
        (ROOT / SNAPSHOT).write_text(now, encoding="utf-8")
        print(f"{SNAPSHOT}: {'unchanged' if kept == now else 'renewed'}")
        return 0
    if kept == now:
        return 0
    lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), str(SNAPSHOT), "the API", lineterm="", n=1)
    print("\n".join(islice(lines, MOST_LINES)))
    print(
        f"\n{SNAPSHOT} is not what the API says. When the change is meant: make openapi, commit the file, and say in "
        "CHANGELOG.md what changes for other systems."
    )
    return 1


def _kept() -> str:
    path = ROOT / SNAPSHOT
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _now() -> str:
    """The document needs no database and none of this installation's settings."""
    sys.path.insert(0, str(ROOT))
    with TemporaryDirectory() as folder:
        os.environ.update(DJANGO_SETTINGS_MODULE="lingang.settings", VAR_DIR=folder, BASE_URL="", DATABASE_URL="")
        import django

        django.setup()
        from milestones.api.openapi.document import document

        return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
