"""Is a cursor good for its reader, for its time and for nothing else?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from milestones.models import FeedEpoch
from milestones.sync import cursor as cursors
from milestones.sync import epoch, feed
from milestones.sync.cursor import BadCursor, Cursor, Gone, Holder, Phase
from milestones.sync.reader import Reader
from tests.cast import LATER, NOW, Cast
from tests.sync.replica import following, reader

ONE = UUID("0185a3c0-0000-7000-8000-000000000001")
HOLDER = Holder(ONE, f"client:{ONE}", "0123456789abcdef")
PLACE = Cursor(Phase.EXPAND, 1234, 1200, "milestone", str(ONE), "comment")
TODAY = LATER.date()


def test_a_cursor_holds_its_place() -> None:
    for place in (PLACE, Cursor(Phase.FOLLOW, 7), Cursor(Phase.PRESENT, 0, entity="plan")):
        text = cursors.write(place, HOLDER, TODAY)
        assert cursors.read(text, HOLDER, TODAY, days=90) == place
        assert len(text) < 400


def test_no_byte_of_a_cursor_may_be_another() -> None:
    text = cursors.write(PLACE, HOLDER, TODAY)
    for at in range(len(text)):
        for other in ("A", "b", "-", ":", "é"):
            if other != text[at]:
                with pytest.raises(BadCursor):
                    cursors.read(text[:at] + other + text[at + 1 :], HOLDER, TODAY, days=90)


@pytest.mark.parametrize(
    "text", ["", "x", ":", "::", "é", "\x00", "null", "[]", "W10:abc", "W10=:abc", "A" * 100_000, "=" * 9, "\ud800"]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        cursors.read(text, HOLDER, TODAY, days=90)


def test_half_a_cursor_is_none() -> None:
    text = cursors.write(PLACE, HOLDER, TODAY)
    for length in range(len(text)):
        with pytest.raises(BadCursor):
            cursors.read(text[:length], HOLDER, TODAY, days=90)


@pytest.mark.parametrize(
    "other",
    [
        replace(HOLDER, epoch=UUID(int=1)),
        replace(HOLDER, who="client:other"),
        replace(HOLDER, rights="fedcba9876543210"),
    ],
)
def test_what_was_good_once_is_gone(other: Holder) -> None:
    with pytest.raises(Gone):
        cursors.read(cursors.write(PLACE, other, TODAY), HOLDER, TODAY, days=90)


def test_a_cursor_lives_its_days() -> None:
    text = cursors.write(PLACE, HOLDER, TODAY)
    assert cursors.read(text, HOLDER, TODAY + timedelta(days=90), days=90) == PLACE
    with pytest.raises(Gone):
        cursors.read(text, HOLDER, TODAY + timedelta(days=91), days=90)


def test_a_cursor_signed_with_a_key_that_is_no_more_is_gone_with_its_epoch(settings: Any) -> None:
    """A restore on another machine comes with another key: the reader is to begin anew, not to stop as at a fault."""
    text = cursors.write(PLACE, HOLDER, TODAY)
    settings.SECRET_KEY = "another" * 9
    with pytest.raises(BadCursor):
        cursors.read(text, HOLDER, TODAY, days=90)
    with pytest.raises(Gone):
        cursors.read(text, replace(HOLDER, epoch=UUID(int=1)), TODAY, days=90)


def test_a_cursor_of_another_form_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = cursors.write(PLACE, HOLDER, TODAY)
    monkeypatch.setattr(cursors, "FORM", cursors.FORM + 1)
    with pytest.raises(Gone):
        cursors.read(text, HOLDER, TODAY, days=90)


def test_a_cursor_remembers_which_entity_was_asked_for() -> None:
    text = cursors.write(PLACE, HOLDER, TODAY)
    assert cursors.read(text, HOLDER, TODAY, days=90, only="comment") == PLACE
    with pytest.raises(BadCursor) as refused:
        cursors.read(text, HOLDER, TODAY, days=90, only="plan")
    assert refused.value.code == "other_entity"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("read",), ("read", "write")),
        (("read",), ("read", "people:read")),
    ],
)
def test_another_right_to_see_is_another_stream(running: Cast, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    replica = following(*before)
    replica.reader = reader(*after)
    with pytest.raises(Gone):
        replica.pull()


def test_another_reach_is_another_stream(running: Cast) -> None:
    readers: list[Reader] = [
        reader("read"),
        reader("read", plans=[running.plan]),
        reader("read", plans=[]),
        reader("read", organisations=[running.bureau]),
        reader("read", organisations=[running.bureau, running.harbour]),
    ]
    for one in readers:
        page = feed.page(one, now=LATER, limit=1000)
        for other in readers:
            if other is not one:
                with pytest.raises(Gone):
                    feed.page(other, now=LATER, limit=1, cursor=page.cursor)


def test_a_new_right_that_shows_nothing_more_changes_nothing(running: Cast) -> None:
    replica = following("read")
    replica.reader = reader("read", "webhooks", "readings:write")
    assert replica.pull()["results"] == []


def test_a_new_epoch_ends_every_cursor(running: Cast) -> None:
    replica = following("read")
    assert epoch.renew(now=NOW) == FeedEpoch.objects.get().epoch
    with pytest.raises(Gone):
        replica.pull()


def test_asking_begins_the_first_epoch_and_asking_again_another_none(db: None) -> None:
    first = epoch.standing(now=NOW)
    assert epoch.standing(now=LATER) == first
    assert FeedEpoch.objects.get().since == NOW
