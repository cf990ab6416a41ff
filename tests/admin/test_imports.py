"""Does the office get from a file to changed milestones and back, on the pages of its workbench?"""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from milestones import long_work
from milestones.exchange.imports import operations as imports
from milestones.jobs import running
from milestones.models import ImportBatch, Job, Milestone, RowOutcome
from milestones.planning import operations
from milestones.targets import operations as targets
from tests.cast import NOW, Cast, acting

pytestmark = pytest.mark.django_db

SEND = "/admin/milestones/importbatch/send/"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def browser(running: Cast, client_of: Any) -> Client:
    client: Client = client_of(running.office)
    client.cookies["django_language"] = "en"
    return client


def sent(client: Client, content: bytes, name: str = "plan.csv", **typed: Any) -> Any:
    return client.post(SEND, {"file": SimpleUploadedFile(name, content), **typed}, follow=True)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_office_exports_edits_imports_and_undoes(running: Cast, browser: Client) -> None:
    c = running
    listed = browser.get("/admin/milestones/milestone/?kind__exact=construction")
    assert "export.xlsx?kind__exact=construction" in text(listed)
    answer: Any = browser.get("/admin/milestones/milestone/export.xlsx?kind__exact=construction")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet: Any = book.worksheets[0]
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == ["FIN-02", "FIN-01"]
    sheet["F2"], sheet["F3"], sheet["H3"] = "from the file", "both", "unknown"
    out = io.BytesIO()
    book.save(out)
    operations.change(c.school, {"title": "from here"}, actor=acting(c.colleague), now=NOW)

    page = sent(browser, out.getvalue(), "edited.xlsx")
    batch = ImportBatch.objects.get()
    assert page.redirect_chain[-1][0] == reverse("admin:milestones_importbatch_change", args=[batch.pk])
    assert "<b>H3</b> Kind: “unknown” is not known here" in text(page)
    conflict = browser.get(f"{page.redirect_chain[-1][0]}?show=conflict")
    assert "<del>from here</del> → <ins>from the file</ins>" in text(conflict)

    apply = reverse("admin:milestones_importbatch_apply", args=[batch.pk])
    assert "nothing was imported" in text(browser.post(apply, follow=True))
    done = browser.post(apply, {"conflicts": "chosen", "take": "2", "only_sound": "on"}, follow=True)
    assert "Imported." in text(done)
    c.refresh()
    assert (c.school.title, c.roof.title) == ("from the file", "节点 FIN-01")

    operations.change(c.school, {"title": "later"}, actor=acting(c.colleague), now=NOW)
    undo = reverse("admin:milestones_importbatch_undo", args=[batch.pk])
    assert "p-2023/FIN-02" in text(browser.post(undo, follow=True))
    assert "Undone." in text(browser.post(undo, {"others_only": "on"}, follow=True))
    c.refresh()
    assert c.school.title == "later"
    assert "edited.xlsx" in text(browser.get("/admin/milestones/importbatch/"))


def test_many_rows_run_beside_the_page(running: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert imports.SMALL == 500
    monkeypatch.setattr(imports, "SMALL", 5)
    rows = "".join(f"p-2023,FIN,M-{n},节点 {n},event,2023Q3\n" for n in range(12))
    page = sent(browser, f"plan,workstream,code,title,kind,due\n{rows}".encode())
    assert 'http-equiv="refresh"' in text(page)
    _work("import_look")
    batch = ImportBatch.objects.get()
    url = reverse("admin:milestones_importbatch_change", args=[batch.pk])
    assert "Import 12 rows" in text(browser.get(url))
    browser.post(reverse("admin:milestones_importbatch_apply", args=[batch.pk]))
    assert _work("import_apply").result["url"] == url
    assert Milestone.objects.count() == 15
    browser.post(reverse("admin:milestones_importbatch_undo", args=[batch.pk]))
    _work("import_undo")
    batch.refresh_from_db()
    assert (batch.state, batch.message) == ("undone", "")
    assert set(Milestone.objects.filter(code__startswith="M-").values_list("state", flat=True)) == {"cancelled"}
    assert not batch.rows.exclude(outcome=RowOutcome.UNDONE).exists()


def test_work_that_never_ended_is_decided_anew(running: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(browser, b"plan,code,title\np-2023,FIN-01,another\n")
    batch = ImportBatch.objects.get()
    monkeypatch.setattr(imports, "SMALL", 0)
    browser.post(reverse("admin:milestones_importbatch_apply", args=[batch.pk]))
    url = reverse("admin:milestones_importbatch_change", args=[batch.pk])
    assert 'http-equiv="refresh"' in text(browser.get(url))
    Job.objects.filter(kind="import_apply").update(state="failed", message="Its worker ended three times.")
    again = text(browser.get(url))
    assert "Its worker ended three times." in again
    assert "Import 1 row" in again


def _work(kind: str) -> Job:
    job = Job.objects.get(kind=kind)
    running.run(job.pk, long_work.KINDS, timezone.now)
    job.refresh_from_db()
    assert job.state == "done", job.message
    return job


def test_a_file_that_is_refused_keeps_what_was_typed(browser: Client, running: Cast) -> None:
    page = sent(browser, "甲,乙\n1,2\n".encode(), plan=running.plan.pk, reason="because")
    assert "No row with headings" in text(page)
    assert "because" in text(page)
    marked = sent(browser, "编号,名称\nFIN-01,机密★10年\n".encode())
    assert "CSV!B2" in text(marked)
    assert not ImportBatch.objects.exists()


def test_others_than_the_office_see_none_of_it(running: Cast, client_of: Any) -> None:
    for person in (running.coordinator, running.leader):
        assert client_of(person).get(SEND).status_code == 403


def test_the_office_writes_new_figures_over_the_newest_ones(running: Cast, browser: Client) -> None:
    how: Any = {"actor": acting(running.office), "now": NOW}
    values = {"code": "T-1", "name": "工业产值", "unit": "亿元", "measure": "cumulative", "bound": "at_least"}
    target = targets.create(running.plan, {**values, "value": Decimal(100)}, **how)
    targets.record_reading(target, as_of=date(2022, 12, 31), value=Decimal(3), source="统计局", **how)
    assert "export.xlsx" in text(browser.get("/admin/milestones/target/?measure__exact=cumulative"))
    answer: Any = browser.get("/admin/milestones/target/export.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    next(row for row in rows if row["Target"] == "T-1").update({"As of": "2023-01-10", "Value": "4.5亿元"})
    out = io.StringIO()
    csv.DictWriter(out, rows[0]).writeheader()
    csv.DictWriter(out, rows[0]).writerows(rows)

    page = sent(browser, out.getvalue().encode(), "readings.csv")
    assert reverse("admin:milestones_target_change", args=[target.pk]) in text(page)
    assert "<dt>Value</dt><dd><ins>4.5</ins>" in text(page)
    batch = ImportBatch.objects.get()
    assert "Imported." in text(
        browser.post(reverse("admin:milestones_importbatch_apply", args=[batch.pk]), follow=True)
    )
    assert target.readings.latest("as_of").value == Decimal("4.5")
    undo = browser.post(reverse("admin:milestones_importbatch_undo", args=[batch.pk]), follow=True)
    assert "correct it on the page of its target" in text(undo)
