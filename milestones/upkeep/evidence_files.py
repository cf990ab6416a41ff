"""Are the files of evidence still the bytes that were brought?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from milestones.changes.faults import Fault, FaultKind
from milestones.evidence import store
from milestones.models import Evidence, Plan


def faults(*, plan: Plan | None = None, counts: Counter[str] | None = None) -> Iterator[Fault]:
    """Each file that is missing or changed, once, with one of the rows that speak of it."""
    rows = Evidence.objects.exclude(sha256="").order_by("sha256", "id")
    rows = rows.filter(milestone__plan=plan) if plan else rows
    looked_at = ""
    for pk, sha256 in rows.values_list("pk", "sha256").iterator():
        if sha256 != looked_at:
            looked_at = sha256
            if counts is not None:
                counts["file"] += 1
            if words := _wrong(store.path(sha256), sha256):
                yield Fault(FaultKind.FILE, f"evidence {pk}", words)


def _wrong(file: Path, sha256: str) -> str:
    """What is wrong with a file, empty when nothing is."""
    try:
        with file.open("rb") as handle:
            found = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        return _("its file cannot be read: %(error)s") % {"error": error.strerror or error}
    return "" if found == sha256 else _("its file is not the one that was brought: it has the SHA-256 %s") % found
