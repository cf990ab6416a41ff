"""Do the three headline milestones of 2023 go through their whole life, and is all of it told, mailed and kept?

What happens is told in `year.py`; here stands what must come of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from milestones.changes import readable, verifying
from milestones.evidence import store
from milestones.models import ChangeEntry, Evidence, Milestone, OutgoingMail, Person, Plan, Reminder, StatusReport
from milestones.reasons import said
from tests.changes import replaying
from tests.demo.year import ISLAND, RING, SCHOOL, SHANGHAI, Stage, island, live, ring, school

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("a story of verbs that are tested on both")]
THREE = {SCHOOL: "金融学院", ISLAND: "西岛", RING: "荣耀之环"}


@pytest.fixture(scope="module", autouse=True)
def _lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The year, once for all of these tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        live(Stage(), [school, island, ring])
        yield
        transaction.set_rollback(True)


def the(code: str) -> Milestone:
    return Milestone.objects.select_related("plan").get(code=code)


def entries(code: str) -> list[ChangeEntry]:
    return list(ChangeEntry.objects.of(the(code)).order_by("id"))


def steps(code: str) -> list[str]:
    """What people did, day by day, from the first assignment on."""
    told = [entry for entry in entries(code) if entry.verb != "milestone.health"]
    return [f"{_day(entry.at)} {entry.verb.partition('.')[2]}" for entry in told if entry.verb != "milestone.create"][
        1:
    ]


def colours(code: str) -> list[str]:
    """Each stored change of health: when, which colour, and why."""
    found = []
    for entry in entries(code):
        if {"health", "health_reason"} & set(entry.changes):
            reason = entry.changes["health_reason"][1]
            found.append(f"{_day(entry.at)} {_colour(entries(code), entry)} {reason['code']}")
    return found


def mails(name: str, *, besides: str = "report_due") -> list[str]:
    rows = OutgoingMail.objects.filter(recipient=_person(name)).exclude(kind=besides).order_by("created_at", "id")
    return [f"{_day(mail.created_at)} {mail.kind}" for mail in rows]


def reminded(code: str) -> list[str]:
    """Every step that left: the day, for which version of the deadline, as a notice perhaps; to several it is one."""
    rows = Reminder.objects.filter(milestone=the(code), state__in=["sent", "acknowledged"]).order_by("day")
    rows = rows.select_related("step", "step_version")
    said = (
        f"{row.day:%m-%d} {f'{row.step_version.level} ' if row.step_version.level else ''}"
        f"{row.step.code} of version {row.due_version}"
        for row in rows
    )
    return list(dict.fromkeys(said))


def moves(code: str) -> list[tuple[str, str, str, str]]:
    return [(row.which, str(row.old), str(row.new), row.reason) for row in the(code).date_revisions.order_by("id")]


class TestTheSchool:
    """Every report in time but one that came back; done before its day."""

    def test_it_is_done_and_its_first_promise_stands(self) -> None:
        milestone = the(SCHOOL)
        assert (milestone.state, milestone.health) == ("completed", "done")
        assert (str(milestone.baseline), str(milestone.due), str(milestone.actual)) == (
            "2023", "2023-09-28", "2023-09-25",
        )  # fmt: skip

    def test_each_step_is_in_the_history(self) -> None:
        assert steps(SCHOOL) == [
            "01-16 hand_over",
            "02-10 reschedule",
            "02-24 report",
            "05-30 report",
            "09-26 submit",
            "09-27 verify",
        ]

    def test_it_was_yellow_only_while_a_report_was_missing(self) -> None:
        assert colours(SCHOOL) == [
            "01-12 green on_track",
            "01-29 yellow report_late",
            "02-24 green on_track",
            "05-29 yellow report_late",  # the report of May came back
            "05-30 green on_track",
            "09-26 green awaiting_verification",
            "09-27 done done",
        ]

    def test_the_report_that_came_back_was_rewritten_and_accepted(self) -> None:
        report = StatusReport.objects.get(milestone=the(SCHOOL), as_of=date(2023, 5, 26))
        verbs = [entry.verb for entry in ChangeEntry.objects.of(report).order_by("id")]
        assert verbs == ["report.submit", "report.return", "report.submit", "report.accept"]
        assert report.done.endswith("首批师资已到位")

    def test_its_owner_heard_of_what_was_theirs(self) -> None:
        assert mails("school") == [
            "01-16 duties",
            "02-10 rescheduled",
            "05-29 report_back",
            "08-17 digest",  # 30 working days before
            "09-08 digest",  # 14
            "09-19 notice",  # 7
            "09-25 digest",  # 3; the day after next it was submitted
            "09-27 verified",
        ]

    def test_the_leader_who_watches_heard_of_each_step(self) -> None:
        watched = OutgoingMail.objects.filter(recipient=_person("leader"), milestone=the(SCHOOL))
        assert [f"{_day(mail.created_at)} {mail.kind}" for mail in watched.order_by("created_at")] == [
            "01-16 watched",
            "02-10 watched",
            "09-26 watched",
            "09-27 watched",
        ]


class TestTheIsland:
    """Behind, handed over, extended after its day, overdue again, chased by a notice, sent back once, done late."""

    def test_what_was_late_and_then_done_is_made_up_and_never_green(self) -> None:
        milestone = the(ISLAND)
        assert (milestone.state, milestone.health) == ("completed", "made_up")
        assert milestone.health_reason is not None
        assert milestone.health_reason["params"] == {
            "actual": {"on": "2023-11-28", "precision": "day"},
            "due": {"on": "2023-11-17", "precision": "day"},
        }

    def test_each_step_is_in_the_history(self) -> None:
        assert steps(ISLAND) == [
            "01-16 hand_over",
            "02-10 reschedule",
            "02-24 report",
            "08-25 report",
            "09-04 hand_over",
            "10-13 report",
            "11-03 report",  # caught up with its pace
            "11-06 reschedule",
            "11-30 submit",
            "12-01 return",
            "12-04 submit",
            "12-05 verify",
        ]

    def test_its_colours_tell_why(self) -> None:
        assert colours(ISLAND) == [
            "01-12 green on_track",
            "01-29 yellow report_late",
            "02-24 green on_track",
            "08-25 yellow behind_pace",
            "09-16 yellow report_late",  # the new owner has not reported yet
            "10-11 yellow due_soon_unreported",
            "10-13 red forecast_late",
            "11-01 red overdue",
            "11-06 green on_track",  # a later date was granted
            "11-11 yellow due_soon_unreported",
            "11-16 yellow forecast_passed",
            "11-18 red overdue",
            "11-30 red submitted_late",
            "12-01 red overdue",  # sent back
            "12-04 red submitted_late",
            "12-05 made_up made_up",
        ]

    def test_the_late_request_moved_the_date_and_left_the_first_promise(self) -> None:
        request = the(ISLAND).extensions.get()
        assert (request.state, request.late, str(request.old), str(request.due)) == (
            "approved", True, "2023-10-31", "2023-11-17",
        )  # fmt: skip
        assert str(the(ISLAND).baseline) == "2023"
        assert "2023年10月13日" in said(the(ISLAND).date_revisions.get(which="forecast").reason)  # as its report said
        assert moves(ISLAND) == [
            ("due", "2023", "2023-10-31", "节点分解到日"),
            ("forecast", "None", "2023-11-15", the(ISLAND).date_revisions.get(which="forecast").reason),
            ("due", "2023-10-31", "2023-11-17", "同意，下不为例"),
            ("actual", "None", "2023-11-28", "结构封顶"),
            ("actual", "2023-11-28", "None", "缺监理单位签章"),
            ("actual", "None", "2023-11-28", "结构封顶，附监理签章"),
        ]

    def test_the_ladder_counts_anew_from_the_later_date(self) -> None:
        assert reminded(ISLAND) == [
            "08-25 yellow behind of version 2",
            "09-13 before-30 of version 2",
            "10-11 before-14 of version 2",
            "10-20 blue before-7 of version 2",
            "10-26 before-3 of version 2",
            "10-30 before-1 of version 2",
            "10-31 due of version 2",
            "11-03 overdue-3 of version 2",
            "11-08 blue before-7 of version 3",
            "11-14 before-3 of version 3",
            "11-16 before-1 of version 3",
            "11-17 due of version 3",
            "11-22 overdue-3 of version 3",
            "11-24 yellow overdue-5 of version 3",
            "11-27 overdue-3 of version 3",
            "11-30 overdue-3 of version 3",  # submitted on that day: it left on the next, when it had come back
        ]

    def test_after_the_hand_over_only_the_successor_hears(self) -> None:
        assert mails("island") == ["01-16 duties", "02-10 rescheduled", "08-25 notice"]
        assert not OutgoingMail.objects.filter(recipient=_person("island"), created_at__month__gt=9).exists()
        assert mails("successor") == [
            "09-04 duties",
            *(f"{day} digest" for day in ("09-13", "10-11")),
            "10-20 notice",
            *(f"{day} digest" for day in ("10-26", "10-30", "10-31")),
            "11-03 mentioned",
            "11-03 digest",
            "11-06 decided",
            "11-08 notice",
            *(f"{day} digest" for day in ("11-14", "11-16", "11-17", "11-22")),
            "11-24 notice",
            "11-27 digest",
            "12-01 returned",
            "12-01 digest",
            "12-05 verified",
        ]

    def test_the_ladder_issued_notices_one_after_the_other_as_each_was_answered(self) -> None:
        issued = the(ISLAND).notices.order_by("number")
        assert [(notice.label, notice.level, f"{notice.issued_on:%m-%d}") for notice in issued] == [
            ("〔2023〕1号", "yellow", "08-25"),  # behind its pace
            ("〔2023〕3号", "blue", "10-20"),
            ("〔2023〕4号", "blue", "11-08"),  # before the later date
            ("〔2023〕6号", "yellow", "11-24"),  # 5 working days over it
        ]
        assert {(notice.state, notice.issued_by) for notice in issued} == {("replied", None)}
        last = issued[3]
        assert (last.signed_by, last.replied_by) == (_person("coordinator"), _person("successor"))
        assert mails("coordinator") == ["08-25 notice", "11-24 notice"]
        assert "11-28 notice" in mails("office")

    def test_the_picture_counts_as_verified_and_lies_in_the_store(self) -> None:
        picture = Evidence.objects.get(milestone=the(ISLAND), media_type="image/png")
        assert (picture.state, picture.decided_by) == ("verified", _person("office-review"))
        assert picture.size == len(store.path(picture.sha256).read_bytes())
        assert store.preview(picture.sha256).exists()
        assert Evidence.objects.filter(milestone=the(ISLAND), state="verified").count() == 2


class TestTheRing:
    """Seen to be late in good time, extended in good time, and then kept."""

    def test_it_is_done_by_the_date_that_was_granted(self) -> None:
        milestone = the(RING)
        assert (milestone.state, milestone.health) == ("completed", "done")
        assert (str(milestone.baseline), str(milestone.due), str(milestone.actual)) == ("2023", "2023-11", "2023-11-21")

    def test_each_step_is_in_the_history(self) -> None:
        assert steps(RING) == [
            "01-16 hand_over",
            "02-10 reschedule",
            "02-24 report",
            "08-18 report",
            "08-23 reschedule",
            "11-22 submit",
            "11-23 verify",
        ]

    def test_it_turned_red_before_its_day_and_green_by_the_leaders_word(self) -> None:
        assert colours(RING)[3:] == [
            "08-18 red forecast_late",
            "08-23 green on_track",
            "11-22 green awaiting_verification",
            "11-23 done done",
        ]

    def test_a_date_that_is_no_day_is_asked_about_each_quarter(self) -> None:
        assert reminded(RING) == [
            "03-24 pace-check of version 2",
            "06-25 pace-check of version 2",
            "08-17 before-30 of version 2",
            "10-19 before-30 of version 3",
            "11-10 before-14 of version 3",
            "11-21 blue before-7 of version 3",
        ]


class TestAllThree:
    @pytest.mark.parametrize("code", THREE)
    def test_its_entries_replayed_give_its_present_row(self, code: str) -> None:
        assert THREE[code] in the(code).title
        assert replaying.alike(replaying.replayed(the(code)), replaying.present(the(code)))

    def test_the_whole_plan_agrees_with_its_history(self) -> None:
        assert [str(fault) for fault in verifying.faults(plan=Plan.objects.get())] == []

    @pytest.mark.parametrize("code", THREE)
    def test_history_says_who_did_what_and_why(self, code: str) -> None:
        with translation.override("zh-hans"):
            told = readable.read(entries(code))
        assert all(change.who and change.verb and change.entry.at for change in told)
        for change in told:
            if change.entry.verb in {"milestone.reschedule", "milestone.return"}:
                assert change.entry.reason
                assert change.differences

    @pytest.mark.parametrize("code", THREE)
    def test_a_second_person_verified(self, code: str) -> None:
        milestone = the(code)
        assert milestone.verified_by is not None
        assert milestone.verified_by != milestone.submitted_by

    def test_the_office_heard_of_each_submission_once(self) -> None:
        submitted = ["09-26 submitted", "11-22 submitted", "11-30 submitted", "12-04 submitted"]
        for name in ("office", "office-review"):
            assert [mail for mail in mails(name) if mail.endswith("submitted")] == submitted

    def test_all_of_the_office_heard_of_each_answer_to_a_notice_of_the_system(self) -> None:
        answers = [f"{day} notice" for day in ("08-28", "09-20", "10-23", "11-09", "11-28")]
        for name in ("office", "office-review"):
            assert [mail for mail in mails(name) if mail.endswith("notice")] == answers

    def test_the_leader_was_asked_to_decide_twice_and_never_again(self) -> None:
        assert [told for told in mails("leader") if not told.endswith("watched")] == [
            "08-21 extension",
            "11-02 extension",
        ]

    def test_every_mail_left_exactly_once(self) -> None:
        assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}
        rows = OutgoingMail.objects.values_list("recipient", "kind", "day", "milestone", "created_at", "subject")
        assert [row for row, times in Counter(rows).items() if times > 1] == []

    def test_nobody_was_asked_for_a_report_that_was_there(self) -> None:
        """A report of that very day, or of the period's first days, was in before the evening's mail."""
        for name, code in (("school", SCHOOL), ("ring", RING)):
            asked = OutgoingMail.objects.filter(recipient=_person(name), kind="report_due")
            reported = set(StatusReport.objects.filter(milestone=the(code)).values_list("as_of", flat=True))
            assert {mail.created_at.astimezone(SHANGHAI).date() for mail in asked} & reported == set()


def _person(name: str) -> Person:
    return (
        Person.objects.get(display_name=name)
        if name in ("school", "island", "successor", "ring")
        else (Person.objects.get(email=f"{name}@demo.lingang.example"))
    )


def _day(moment: Any) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d}"


def _colour(told: list[ChangeEntry], until: ChangeEntry) -> str:
    """The health after that entry; not each change of reason changes it."""
    colour = ""
    for entry in told:
        colour = entry.changes.get("health", ["", colour])[1]
        if entry.pk == until.pk:
            break
    return colour
