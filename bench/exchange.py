"""How fast, and in how little memory, do 50,000 milestones leave as a workbook and come back changed?

The import is beside what nobody could leave out: openpyxl reading the same file, and the batch taking the same rows
from memory. Each import runs in a process of its own, whose peak is told; meanwhile somebody else writes twenty times
a second, and it is told how long they waited at the most. New milestones are imported and undone in a draft.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import beside, figure, peak_mb, seconds

ROWS, FEW = 50_000, 5_000


def run() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from bench import sync_data

    call_command("migrate", verbosity=0)
    folder = Path(os.environ["VAR_DIR"])
    sync_data.fill(ROWS)
    _office()
    few, many = folder / "few.xlsx", folder / "many.xlsx"
    exported = seconds(lambda: _export(folder / "export.xlsx", ROWS))
    figure("exchange.export_rows_per_s", ROWS / exported, "rows/s")
    _changed(few, FEW, "（改一）")
    small = _in_a_process("import", few)
    _changed(many, ROWS, "（改二）")
    limit = seconds(lambda: _read_alone(many)) + _in_a_process("batch", many)["seconds"]
    _changed(many, ROWS, "（改三）")
    with _somebody_else() as waited:
        large = _in_a_process("import", many)
    beside("exchange.import_rows", ROWS / large["seconds"], ROWS / limit)
    figure("exchange.look_rows_per_s", ROWS / large["look"], "rows/s")
    figure("exchange.import_peak_mb", large["peak"], "MiB")
    figure("exchange.import_5k_peak_mb", small["peak"], "MiB")
    figure("exchange.others_waited_s", max(waited), "s")
    _new(few, FEW)
    made = _in_a_process("undo", few)
    figure("exchange.undo_new_rows_per_s", FEW / made["undo"], "rows/s")


@contextmanager
def _somebody_else() -> Iterator[list[float]]:
    """Seconds that each small write took, by a connection of its own."""
    from django.db import connection

    from milestones.models import Organisation

    waited, ended = [0.0], threading.Event()

    def write() -> None:
        Organisation.objects.filter(code="U01").update(short_name="U")

    def work() -> None:
        while not ended.wait(0.05):
            waited.append(seconds(write))
        connection.close()

    other = threading.Thread(target=work)
    other.start()
    try:
        yield waited
    finally:
        ended.set()
        other.join()


def _office() -> Any:
    from bench import data
    from milestones.models import Person, RoleGrant

    office = data.people(1)[0]
    RoleGrant.objects.get_or_create(person=office, role="office", defaults={"granted_at": data.NOW})
    return Person.objects.get(pk=office.pk)


def _rows(count: int) -> Any:
    from milestones.models import Milestone

    return Milestone.objects.order_by("pk")[:count]


def _export(file: Path, count: int) -> None:
    from milestones.exchange.excel import export

    export.write(file, _rows(count), viewer=_office(), language="zh-hans")


def _changed(file: Path, count: int, mark: str) -> None:
    """An export in which every row has another title."""
    from milestones.exchange.excel import columns, stored, workbook

    place = columns.COLUMNS.index(columns.BY_NAME["title"])

    def rows() -> Iterator[list[Any]]:
        for row in stored.cells(_rows(count), "zh-hans"):
            row[place] = f"{row[place]}{mark}"
            yield row

    workbook.write(file, rows(), columns.MILESTONES, {}, "zh-hans")


def _new(file: Path, count: int) -> None:
    """As many rows without a key, in a draft."""
    from milestones.exchange.excel import columns, stored, workbook
    from milestones.models import Plan, Workstream

    plan = Plan.objects.get(code="bench")
    draft = Plan.objects.create(**{**_values(plan), "code": "DRAFT", "state": "draft", "activated_at": None})
    stream = plan.workstreams.get()
    Workstream.objects.create(**{**_values(stream), "plan": draft})
    names = [column.name for column in columns.COLUMNS]

    def rows() -> Iterator[list[Any]]:
        for row in stored.cells(_rows(count), "zh-hans"):
            said = dict(zip(names, row, strict=True))
            yield [{**said, "id": None, "if_version": None, "plan": draft.code}[name] for name in names]

    workbook.write(file, rows(), columns.MILESTONES, {}, "zh-hans")


def _values(row: Any) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in row._meta.concrete_fields if one.name != "id"}


def _read_alone(file: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True)
    for _row in book.worksheets[0].iter_rows(values_only=True):
        pass


def _in_a_process(what: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.exchange", what, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- In a process of its own ------------------------------------------------------------------------------------------
def _import(file: Path) -> dict[str, float]:
    from django.utils import timezone

    from milestones.actors import Actor
    from milestones.exchange.imports import operations
    from milestones.exchange.imports.applying import Choice
    from milestones.models import ImportState

    how: Any = {"actor": Actor(_office(), "import"), "now": timezone.now()}
    kept: list[Any] = []

    def look() -> None:
        with file.open("rb") as source:
            kept.append(operations.receive(source, file.name, language="zh-hans", **how))
        operations.look(kept[0], **how)

    looked = seconds(look)
    applied = seconds(lambda: operations.apply(kept[0], Choice(), **how))
    kept[0].refresh_from_db()
    assert kept[0].state == ImportState.APPLIED, kept[0].message
    return {"look": looked, "seconds": looked + applied, "peak": peak_mb()}


def _undo(file: Path) -> dict[str, float]:
    """It is imported, and then taken back: only this is measured."""
    from django.utils import timezone

    from milestones.actors import Actor
    from milestones.exchange.imports import operations
    from milestones.models import ImportBatch, ImportState

    _import(file)
    batch = ImportBatch.objects.latest("created_at")
    how: Any = {"actor": Actor(_office(), "import"), "now": timezone.now()}
    undone = seconds(lambda: operations.undo(batch, **how))
    assert batch.state == ImportState.UNDONE, batch.message
    assert not batch.message, batch.message
    return {"undo": undone}


def _batch(file: Path) -> dict[str, float]:
    """The same rows from memory, in batches as large as REST takes them: only this is measured."""
    from django.utils import timezone

    from milestones.actors import Actor
    from milestones.batch import operations
    from milestones.exchange.excel import heading, reading
    from milestones.exchange.excel.names import Names
    from milestones.exchange.sheets import opening

    actor = Actor(_office(), "import")
    found = heading.find(opening.opened(file).tables)
    rows: list[Any] = [read.row for read in reading.Rows(found, Names(actor), None).read()]

    def work() -> None:
        for start in range(0, len(rows), 10_000):
            answer = operations.run(rows[start : start + 10_000], actor=actor, now=timezone.now())
            assert not answer.has_bad

    return {"seconds": seconds(work), "peak": peak_mb()}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps({"batch": _batch, "undo": _undo}.get(sys.argv[1], _import)(Path(sys.argv[2]))))
