"""Which mail does a reminder travel in, at which hour, and what does the mail say?"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from milestones.models import OutgoingMail, Person
from milestones.people import operations as people
from milestones.planning import operations
from milestones.reminders import engine
from milestones.workdays.periods import FuzzyDate
from tests.reminders.world import SYSTEM, World, at, ledger, mails, year_end

TUESDAY = date(2023, 6, 27)


def test_a_digest_waits_for_its_readers_hour(world: World) -> None:
    world.milestone()
    world.sweep(TUESDAY, 7, 59)
    assert mails() == []
    world.sweep(TUESDAY, 8, 0)
    assert [mail.day for mail in mails(recipient=world.owner)] == [TUESDAY]


def test_the_hour_is_on_the_readers_own_clock(world: World) -> None:
    """08:00 in London is 15:00 in Shanghai."""
    people.set_preferences(world.owner, {"time_zone": "Europe/London"}, actor=SYSTEM, now=at(TUESDAY, 0, 0))
    world.milestone()
    world.sweep(TUESDAY, 14, 59)
    assert mails() == []
    world.sweep(TUESDAY, 15, 0)
    assert [mail.day for mail in mails()] == [TUESDAY]


def test_a_reader_east_of_the_plan_has_the_day_when_it_is_there(world: World) -> None:
    """08:00 of the 27th in Auckland is 04:00 of the 27th in Shanghai; midnight there is 20:00 of the 26th."""
    auckland = ZoneInfo("Pacific/Auckland")
    people.set_preferences(
        world.owner, {"time_zone": "Pacific/Auckland", "send_hour": 0}, actor=SYSTEM, now=at(date(2023, 6, 20), 0, 0)
    )
    world.milestone()
    world.sweep(date(2023, 6, 20), 12, 0)
    world.deliver(date(2023, 6, 20), 12, 0)
    engine.sweep(datetime(2023, 6, 26, 23, 59, tzinfo=auckland))
    assert len(mails()) == 1
    engine.sweep(datetime(2023, 6, 27, 0, 1, tzinfo=auckland))
    assert [mail.day for mail in mails()] == [date(2023, 6, 20), TUESDAY]


def test_one_digest_a_morning_carries_everything(world: World) -> None:
    for number in range(3):
        world.milestone(f"M-{number + 1}")
    world.sweep(TUESDAY)
    [mail] = mails()
    assert all(code in mail.text and code in mail.html for code in ("M-1", "M-2", "M-3"))


def test_what_comes_too_late_for_today_waits_for_the_next_working_morning(world: World) -> None:
    """Friday the 16th: a step due that day is planned after the digest left; Saturday and Sunday are free."""
    friday, monday = date(2023, 6, 16), date(2023, 6, 19)
    world.milestone("M-1", date(2023, 6, 21))
    world.sweep(friday, 8)
    late = world.milestone("M-2", date(2023, 6, 21), now=at(friday, 10, 0))
    assert ledger(milestone=late) == []
    for day in (friday, date(2023, 6, 17), date(2023, 6, 18)):
        world.sweep(day)
    assert len(mails()) == 1
    world.sweep(monday, 8)
    assert [mail.day for mail in mails()] == [friday, monday]
    assert ledger(milestone=late) == [("before-3", "2023-06-16", "claimed")]


def test_what_is_due_today_does_not_wait(world: World) -> None:
    friday = date(2023, 6, 30)
    world.milestone("M-1", friday)
    world.sweep(friday, 8)
    world.milestone("M-2", friday, now=at(friday, 10, 0))
    world.sweep(friday, 10, 1)
    digest, at_once = mails()
    assert (digest.kind, at_once.kind) == ("digest", "due_today")
    assert "M-2" in at_once.text
    assert "M-1" not in at_once.text


def test_no_digest_on_a_day_off_but_one_on_a_make_up_saturday(world: World) -> None:
    world.milestone("M-1", date(2023, 10, 12))
    for day in (date(2023, 10, 5), date(2023, 10, 6)):
        world.sweep(day)
    assert mails() == []
    world.sweep(date(2023, 10, 7))  # a Saturday that is worked: five working days before
    world.sweep(date(2023, 10, 8))
    assert [mail.day for mail in mails()] == [date(2023, 10, 7)]


def test_a_fuzzy_date_never_looks_exact(world: World) -> None:
    world.milestone("M-1", year_end())
    world.sweep(date(2023, 11, 17))
    [mail] = mails()
    assert "within the year (counted as December 31), 30 working days left" in mail.text


def test_a_digest_shows_thirty_items_and_counts_the_others(world: World) -> None:
    for number in range(33):
        world.milestone(f"M-{number:02}")
    world.sweep(TUESDAY)
    [mail] = mails()
    assert mail.text.count("Milestone M-") == 30
    assert "3 more" in mail.text
    assert len(mail.text.encode()) + len(mail.html.encode()) < 100_000
    assert len(ledger(state="claimed")) == 33


def test_the_most_urgent_come_first(world: World) -> None:
    world.milestone("LATER", date(2023, 6, 30))
    world.milestone("OVERDUE", date(2023, 6, 21))
    world.milestone("TODAY", TUESDAY)
    world.sweep(TUESDAY)
    [mail] = mails()
    assert mail.text.index("OVERDUE") < mail.text.index("TODAY") < mail.text.index("LATER")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_digest_is_in_its_readers_language_and_holds_no_usable_link(world: World, language: str) -> None:
    Person.objects.filter(pk=world.owner.pk).update(language=language)
    world.milestone()
    world.sweep(TUESDAY)
    [mail] = mails()
    assert ("个工作日" in mail.text) == (language == "zh-hans")
    assert "/do/mute/•••/" in mail.text
    assert "/do/mute/•••/" in mail.html


def test_two_sweeps_side_by_side_make_one_digest(world: World) -> None:
    """The second one finds the rows claimed; where it had read them before, the unique day keeps its mail out."""
    from milestones.planning.calendars import calendar
    from milestones.reminders import digests

    world.milestone()
    world.sweep(TUESDAY, 7)
    now = at(TUESDAY)
    first = digests._bundles([world.owner.pk], now, calendar())
    second = digests._bundles([world.owner.pk], now, calendar())
    assert [digests._queue(first, now), digests._queue(second, now)] == [1, 0]
    assert OutgoingMail.objects.count() == 1


def test_a_rescheduled_item_is_taken_out_before_the_mail_leaves(world: World) -> None:
    moved = world.milestone("M-1")
    world.milestone("M-2")
    world.sweep(TUESDAY)
    OutgoingMail.objects.exclude(kind="digest").delete()
    operations.reschedule(moved, FuzzyDate(date(2023, 9, 30)), reason="x", actor=SYSTEM, now=at(TUESDAY, 12, 0))
    world.deliver(TUESDAY)
    [mail] = mails(kind="digest")
    assert "M-1" not in mail.text
    assert ledger(milestone=moved)[-1] == ("before-3", "2023-06-27", "date_moved")
