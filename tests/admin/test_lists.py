"""Does the office find what it looks for, and does the history read?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin import ShowFacets
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from milestones.admin.site import site
from milestones.models import ChangeEntry, Incident, Milestone, OutgoingMail, SavedView
from milestones.planning import lifecycle, operations
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.admin.cast import mail_and_reminder
from tests.admin.forms import Desk
from tests.admin.test_saving import url
from tests.cast import Cast

LIST = "/admin/milestones/milestone/"


def codes(desk: Desk, query: str) -> list[str]:
    answer = desk.client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, query
    return sorted(m.code for m in answer.context["cl"].result_list)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["FIN-01", "FIN-02", "FIN-03"]),
        ("kind__exact=construction", ["FIN-01", "FIN-02"]),
        ("state__exact=completed", []),
        ("plan__state__exact=active", ["FIN-01", "FIN-02", "FIN-03"]),
        ("unassigned=yes", ["FIN-02", "FIN-03"]),
        ("overdue=yes", ["FIN-01", "FIN-02", "FIN-03"]),
        ("due_on__gte=2023-03-15&due_on__lte=2023-06-30", ["FIN-02", "FIN-03"]),
        ("due_on__gte=2023-07-01&due_on__lte=", ["FIN-01"]),
        ("lead__id__exact=&unassigned=yes", ["FIN-02", "FIN-03"]),
        ("q=FIN-02", ["FIN-02"]),
        ("q=jiedian+fin-02", ["FIN-02"]),
        ("q=jd", ["FIN-01", "FIN-02", "FIN-03"]),
        ("_facets=True&health__exact=red", []),
        ("q=金贸", ["FIN-01"]),
        ("q=owner@example", ["FIN-01"]),
        ("due_on__year=2023&due_on__month=3", ["FIN-03"]),
    ],
)
def test_milestones_are_found(desk: Desk, running: Cast, query: str, found: list[str]) -> None:
    assert codes(desk, query) == found


def test_milestones_are_found_by_what_they_point_to(desk: Desk, running: Cast) -> None:
    assert codes(desk, f"plan__id__exact={running.plan.pk}&workstream={running.stream.pk}") == [
        "FIN-01",
        "FIN-02",
        "FIN-03",
    ]
    assert codes(desk, f"accountable__id__exact={running.owner.pk}") == ["FIN-01"]
    assert codes(desk, f"lead__id__exact={running.harbour.pk}&unassigned=yes") == ["FIN-02"]


def test_a_filter_form_keeps_the_other_filters(desk: Desk, running: Cast) -> None:
    text = desk.text(f"{LIST}?unassigned=yes&q=FIN&due_on__gte=2023-01-01")
    assert '<input type="hidden" name="unassigned" value="yes">' in text
    assert '<input type="hidden" name="due_on__gte" value="2023-01-01">' in text


def test_a_senseless_filter_value_is_no_fault(desk: Desk, running: Cast) -> None:
    assert desk.client.get(f"{LIST}?due_on__gte=gestern").status_code == 302
    assert desk.client.get(f"{LIST}?accountable__id__exact=nobody").status_code == 302


def test_a_fuzzy_date_looks_fuzzy_and_an_overdue_one_is_marked(desk: Desk, running: Cast) -> None:
    text = desk.text(LIST)
    assert '<span class="fuzzy" title="within the year (counted as December 31)">within the year</span>' in text
    assert text.count("■ overdue") == 3
    assert '<time datetime="2023-03-15">March 15</time>' in text


def test_every_list_that_offers_counts_beside_its_filters_counts_them(desk: Desk, running: Cast) -> None:
    offering = [model for model, shown in site._registry.items() if shown.show_facets is ShowFacets.ALLOW]
    assert len(offering) > 10
    for model in offering:
        name = model._meta.model_name
        answer = desk.client.get(f"/admin/milestones/{name}/?_facets=True")
        assert answer.status_code == 200, name
    assert "planned (3)</a>" in desk.text(f"{LIST}?_facets=True")


def test_people_are_suggested_with_what_tells_them_apart(desk: Desk, running: Cast) -> None:
    asked = {"app_label": "milestones", "model_name": "milestone", "field_name": "accountable", "term": "owner"}
    results = desk.client.get("/admin/autocomplete/", asked).json()["results"]
    assert [row["text"] for row in results] == ["owner · 金贸处 · owner@example.org"]


def test_who_left_is_not_suggested(desk: Desk, running: Cast) -> None:
    desk.client.post(url(running.other, "do/deactivate"), {})
    asked = {"app_label": "milestones", "model_name": "milestone", "field_name": "accountable", "term": "other"}
    assert desk.client.get("/admin/autocomplete/", asked).json()["results"] == []


def test_the_list_sums_up_all_its_rows_in_one_query_whatever_the_page(desk: Desk, running: Cast) -> None:
    how: Any = {"actor": casting.SYSTEM, "now": casting.NOW}
    operations.change(running.roof, {"weight": 3}, **how)
    casting.bring(running, running.roof, "completed")
    lifecycle.cancel(running.school, reason="不再实施", **how)
    with CaptureQueriesContext(connection) as asked:
        text = desk.text(LIST)
    assert len([one for one in asked if "SUM(" in one["sql"].upper()]) == 1
    assert "<dt>of it done</dt><dd>75% (3/4)</dd>" in text
    assert "<dt>weight</dt><dd>5</dd>" in text
    assert "of it done" not in desk.text(f"{LIST}?q=nothing-like-it")


def test_filters_are_kept_shown_again_and_dropped(desk: Desk, next_desk: Desk, running: Cast) -> None:
    query = "unassigned=yes&q=FIN"
    assert "Keep these filters" in desk.text(f"{LIST}?{query}&p=1")
    typed = {"name": "待分办", "query": query, "shared": "on"}
    assert "are kept as" in desk.client.post(f"{LIST}views/", typed, follow=True).content.decode()
    view = SavedView.objects.get()
    assert (view.page, view.query, view.shared) == ("admin:milestone", query, True)
    shown = f'href="{LIST}?unassigned=yes&amp;q=FIN" aria-current="page"'
    assert shown in desk.text(f"{LIST}?{query}")
    assert f"{LIST}views/{view.pk}/drop/" not in (other := next_desk.text(LIST))
    assert "待分办" in other
    assert "Give the view a name" in desk.client.post(f"{LIST}views/", {"name": " "}, follow=True).content.decode()
    desk.client.post(f"{LIST}views/{view.pk}/drop/")
    assert not SavedView.objects.exists()


# History ------------------------------------------------------------------------------------------------------------
def history(desk: Desk, obj: Any) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    changes = desk.client.get(url(obj, "history")).context["changes"]
    return [(c.verb, c.who, [(d.label, d.old, d.new) for d in c.differences]) for c in changes]


def test_the_history_reads_as_sentences_of_people(desk: Desk, running: Cast) -> None:
    desk.save(url(running.roof), accountable=str(running.other.pk), reason="调岗")
    desk.save(url(running.roof), due_on="2023-10-31", due_precision="day", reason="台风")
    moved, handed_over, assessed, made = history(desk, running.roof)
    assert moved[:2] == ("rescheduled", "office")
    assert moved[2][0] == ("due", "within 2023 (counted as December 31)", "October 31, 2023")
    assert [label for label, _old, _new in moved[2]] == ["due", "health", "reason of the health"]
    assert assessed == (
        "health assessed",
        "the system",
        [("health", "", "on track"), ("reason of the health", "", "nothing speaks against the date")],
    )
    assert handed_over == ("handed over", "office", [("owner", "owner", "other")])
    assert made[:2] == ("created", "the system")
    assert ("due", "", "within 2023 (counted as December 31)") in made[2]
    assert "台风" in desk.text(url(running.roof, "history"))


def test_a_precision_alone_is_a_readable_change(desk: Desk, running: Cast) -> None:
    act: Any = {"actor": casting.SYSTEM, "now": casting.NOW}
    operations.reschedule(running.roof, FuzzyDate(date(2023, 12, 31)), reason="定日", **act)
    assert history(desk, running.roof)[0][2] == [("due", "within 2023 (counted as December 31)", "December 31, 2023")]


def test_a_persons_name_and_address_stay_masked(desk: Desk, cast: Cast) -> None:
    desk.save(url(cast.other), display_name="改名", email="else@example.org")
    assert history(desk, cast.other)[0][2] == [("display name", "•••", "•••"), ("e-mail", "•••", "•••")]


def test_the_list_of_changes_leads_to_the_objects_history(desk: Desk, running: Cast) -> None:
    assert url(running.roof, "history") in desk.text("/admin/milestones/changeentry/")
    found = desk.client.get(f"/admin/milestones/changeentry/?q={running.roof.pk}")
    assert {str(e.object_id) for e in found.context["cl"].result_list} == {str(running.roof.pk)}
    entry = ChangeEntry.objects.of(running.roof).earliest("id")
    assert "within 2023" in desk.text(f"/admin/milestones/changeentry/{entry.pk}/change/")


# The first page -----------------------------------------------------------------------------------------------------
def test_the_index_counts_what_needs_the_office_and_leads_there(desk: Desk, running: Cast) -> None:
    mail_and_reminder(running)
    for days in (0, 29, 40):
        at = timezone.now() - timedelta(days=days)
        Incident.objects.create(opened_at=at, closed_at=at, is_open=False)
    shown = desk.client.get("/admin/").context["matters"]
    assert [matter.count for matter in shown] == [2, 3, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0]
    for matter in shown:
        assert desk.client.get(matter.url).context["cl"].result_count == matter.count, matter.words


def test_the_index_warns_of_a_year_without_published_days(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from milestones.admin import dashboard

    monkeypatch.setattr(dashboard, "provisional_years", lambda today: [2027])
    assert "The working days of 2027 are provisional" in desk.text("/admin/")
    assert "The working days of 2027 are provisional" in desk.text("/admin/milestones/dayoverride/")


def test_the_workbench_speaks_the_readers_language(desk: Desk, cast: Cast) -> None:
    desk.client.cookies["django_language"] = "zh-hans"
    assert '<html lang="zh-hans"' in desk.text(LIST)


def test_a_mails_links_are_dots(desk: Desk, cast: Cast) -> None:
    mail, _reminder = mail_and_reminder(cast)
    text = desk.text(url(mail))
    assert "/do/mute/•••/" in text
    assert "sandbox" in text
    assert OutgoingMail.objects.count() == 1
    assert Milestone.objects.count() == 3
