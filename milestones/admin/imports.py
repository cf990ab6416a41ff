"""How does the office import a file of milestones: send it, look at what would change, import it, undo it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from milestones import access
from milestones.errors import DomainError
from milestones.exchange.imports import operations, undoing
from milestones.jobs import queue
from milestones.models import ImportBatch, ImportState, RowOutcome, RowStatus, Via
from milestones.tasks import nudge_job

from . import imports_shown as shown
from .filters import Between, OneOfMany
from .forms import act
from .imports_forms import ApplyForm, SendForm, UndoForm
from .readonly import ReadOnlyAdmin
from .site import site

Do = Callable[[], None]


@admin.register(ImportBatch, site=site)
class ImportAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "file_name",
        "person",
        "state",
        "total",
        "new",
        "changed",
        "conflicts",
        "errors",
        "applied_at",
    )
    list_display_links = ("created_at", "file_name")
    list_select_related = ("person",)
    list_filter = ("state", ("created_at", Between), ("person", OneOfMany))
    search_fields = ("file_name", "sheet", "reason")
    search_help_text = _("file, sheet or reason")
    ordering = ("-created_at",)
    change_list_template = "admin/lingang/import_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("send/", view(self.send), name="milestones_importbatch_send"),
            path("<uuid:pk>/apply/", view(require_POST(self.apply)), name="milestones_importbatch_apply"),
            path("<uuid:pk>/undo/", view(require_POST(self.undo)), name="milestones_importbatch_undo"),
            path("<uuid:pk>/drop/", view(require_POST(self.drop)), name="milestones_importbatch_drop"),
            *super().get_urls(),
        ]

    # The file comes ---------------------------------------------------------------------------------------------------
    def send(self, request: HttpRequest) -> HttpResponse:
        _check_right(request)
        form = SendForm(request.POST or None, request.FILES or None, initial={"plan": request.GET.get("plan")})
        if request.method == "POST" and form.is_valid():
            try:
                return self._received(request, form)
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        context = {**self._context(request), "title": _("Import Excel"), "form": form, "object": None}
        return TemplateResponse(request, "admin/lingang/import_send.html", context)

    def _received(self, request: HttpRequest, form: SendForm) -> HttpResponse:
        typed, how = form.cleaned_data, _how(request)
        batch = operations.receive(
            typed["file"],
            typed["file"].name,
            plan=typed["plan"],
            reason=typed["reason"],
            language=get_language() or "zh-hans",
            **how,
        )
        if operations.is_small(batch):
            operations.look(batch, **how)
        else:
            self._ask(request, batch, "import_look", {}, batch.total)
        return HttpResponseRedirect(self.url("change", batch.pk))

    # The file is looked at --------------------------------------------------------------------------------------------
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._page(request, self._batch(request, object_id))

    def _page(self, request: HttpRequest, batch: ImportBatch, **forms_: Any) -> HttpResponse:
        tabs = shown.tabs(batch, request.GET.get("show", ""))
        current = next(tab for tab in tabs if tab.current)
        page = shown.page(batch, current.status, request.GET.get("page", ""))
        context = {
            **self._context(request),
            "title": batch.file_name,
            "object": None,
            "batch": batch,
            "busy": batch.is_busy,
            "job": batch.job,
            "tabs": tabs,
            "current": current,
            "page": page,
            "lines": shown.lines(page.object_list, batch),
            "is_open": batch.state == ImportState.READY and bool(batch.new + batch.changed + batch.conflicts),
            "of_readings": batch.table == "readings",
            "is_sound": not batch.errors and not batch.conflicts,
            "writing": batch.new + batch.changed,
            "may_drop": batch.state in (ImportState.READY, ImportState.REFUSED),
            "may_undo": batch.state == ImportState.APPLIED,
            "applied": batch.rows.filter(outcome=RowOutcome.APPLIED).count() if batch.applied_at else 0,
            "apply_form": forms_.get("apply") or ApplyForm(ticked=[]),
            "undo_form": forms_.get("undo") or UndoForm(),
            "touched": forms_.get("touched", []),
            "columns": shown.columns(batch, only_read=False),
            "only_read": shown.columns(batch, only_read=True),
            "ignored": batch.found.get("ignored", []),
            "other_sheets": batch.found.get("others", []),
        }
        return TemplateResponse(request, "admin/lingang/import.html", context)

    # It is imported, taken back, or dropped ---------------------------------------------------------------------------
    def apply(self, request: HttpRequest, pk: str) -> HttpResponse:
        batch = self._batch(request, pk)
        ticked = batch.rows.filter(status=RowStatus.CONFLICT).values_list("number", flat=True)
        form = ApplyForm(request.POST, ticked=list(ticked))
        if not form.is_valid():
            return self._page(request, batch, apply=form)
        choice, how = form.choice(), _how(request)
        take = None if choice.take is None else list(choice.take)
        told = {"only_sound": choice.only_sound, "take": take, "keep": choice.keep}

        def long() -> None:
            operations.check(batch, choice, actor=how["actor"])
            operations.begin(batch, ImportState.APPLYING, actor=how["actor"])
            self._ask(request, batch, "import_apply", told, batch.new + batch.changed)

        is_small = batch.new + batch.changed + batch.conflicts <= operations.SMALL
        if refusal := _attempt((lambda: operations.apply(batch, choice, **how)) if is_small else long):
            form.add_error(None, str(refusal))
            batch.refresh_from_db()
            return self._page(request, batch, apply=form)
        return self._done(request, batch, _("Imported."))

    def undo(self, request: HttpRequest, pk: str) -> HttpResponse:
        batch = self._batch(request, pk)
        form = UndoForm(request.POST)
        others_only = form.is_valid() and form.cleaned_data["others_only"]
        how = _how(request)

        def long() -> None:
            operations.check_undo(batch, others_only=others_only, actor=how["actor"])
            operations.begin(batch, ImportState.UNDOING, actor=how["actor"])
            self._ask(request, batch, "import_undo", {"others_only": others_only}, count)

        count = batch.rows.filter(outcome=RowOutcome.APPLIED).count()
        small: Do = lambda: operations.undo(batch, others_only=others_only, **how)  # noqa: E731 - as `long`
        if refusal := _attempt(small if count <= operations.SMALL else long):
            form.add_error(None, str(refusal))
            batch.refresh_from_db()
            labels = refusal.labels if isinstance(refusal, undoing.Touched) else []
            return self._page(request, batch, undo=form, touched=labels)
        return self._done(request, batch, _("Undone."))

    def drop(self, request: HttpRequest, pk: str) -> HttpResponse:
        batch = self._batch(request, pk)
        if refusal := _attempt(lambda: operations.drop(batch, actor=_how(request)["actor"])):
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.url("change", batch.pk))
        self.message_user(request, _("Dropped: nothing of it was imported."), messages.SUCCESS)
        return HttpResponseRedirect(self.url("changelist"))

    def _done(self, request: HttpRequest, batch: ImportBatch, words: Any) -> HttpResponse:
        batch.refresh_from_db()
        if not batch.is_busy:
            self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(self.url("change", batch.pk))

    def _ask(self, request: HttpRequest, batch: ImportBatch, kind: str, told: dict[str, Any], total: int) -> None:
        """Long work, told on the page of the import."""
        how = act(request)
        params = {"batch": str(batch.pk), "url": self.url("change", batch.pk), **told}
        batch.job = queue.ask(kind, params, person=how["actor"].person, now=how["now"], total=total)
        batch.save(update_fields=["job"])
        nudge_job(batch.job)

    def _batch(self, request: HttpRequest, pk: Any) -> ImportBatch:
        _check_right(request)
        batch = self.get_object(request, str(pk))
        if batch is None:
            raise Http404
        operations.recover(batch)
        return batch

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}


def _how(request: HttpRequest) -> dict[str, Any]:
    """As every verb is told, by this way in."""
    how = act(request)
    actor = how["actor"]
    return {"actor": type(actor)(actor.person, Via.IMPORT, day=actor.day), "now": how["now"]}


def _attempt(do: Do) -> DomainError | None:
    try:
        do()
    except DomainError as refusal:
        return refusal
    return None


def _check_right(request: HttpRequest) -> None:
    if not access.may(act(request)["actor"], "import.run"):
        raise PermissionDenied
