"""Does a follower deal with every change once, in order, whatever happens between?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from milestones.changes.follow import advance
from milestones.changes.publish import publish_all
from milestones.models import ChangeEntry, Follower, Milestone
from milestones.planning import operations
from tests.cast import LATER, NOW, SYSTEM, Cast
from tests.two_at_once import together


class Heard:
    def __init__(self) -> None:
        self.seqs: list[int | None] = []

    def __call__(self, entries: Sequence[ChangeEntry]) -> None:
        self.seqs += [entry.seq for entry in entries]


def all_numbers() -> list[int | None]:
    return list(ChangeEntry.objects.exclude(seq=None).order_by("seq").values_list("seq", flat=True))


def test_a_new_follower_begins_with_history_and_then_hears_only_what_is_new(cast: Cast) -> None:
    publish_all()
    heard = Heard()
    while advance("mail", heard, now=NOW, limit=3):
        pass
    assert heard.seqs == all_numbers()
    operations.change(cast.roof, {"title": "改"}, actor=SYSTEM, now=LATER)
    assert advance("mail", heard, now=LATER) == 0
    publish_all()
    assert advance("mail", heard, now=LATER) == 1
    assert heard.seqs == all_numbers()
    assert Follower.objects.get(name="mail").at == LATER


def test_followers_know_nothing_of_one_another(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_all()
    monkeypatch.setattr("milestones.changes.follow.LONGEST", 2)
    one, other = Heard(), Heard()
    advance("one", one, now=NOW, limit=2)
    advance("other", other, now=NOW)
    assert (one.seqs, other.seqs) == ([1, 2], all_numbers())


def test_what_was_written_together_is_not_cut_in_two(cast: Cast) -> None:
    for title in ("甲", "乙"):
        operations.change(cast.roof, {"title": title}, actor=SYSTEM, now=LATER)  # as one transaction would
    operations.change(cast.roof, {"title": "丙"}, actor=SYSTEM, now=LATER + timedelta(seconds=1))
    publish_all()
    heard = Heard()
    advance("mail", heard, now=LATER, limit=len(all_numbers()) - 2)
    assert heard.seqs == all_numbers()[:-1]


@pytest.mark.django_db(transaction=True)
def test_what_failed_half_way_is_heard_again(cast: Cast) -> None:
    publish_all()

    def fail(entries: Sequence[ChangeEntry]) -> None:
        Milestone.objects.filter(pk=cast.roof.pk).update(title="halfway")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        advance("mail", fail, now=NOW)
    assert Milestone.objects.get(pk=cast.roof.pk).title == cast.roof.title
    heard = Heard()
    advance("mail", heard, now=NOW + timedelta(minutes=1))
    assert heard.seqs == all_numbers()


@pytest.mark.django_db(transaction=True)
def test_two_who_follow_under_one_name_share_the_work(cast: Cast) -> None:
    publish_all()
    heard = Heard()

    def follow() -> None:
        for _ in range(20):
            advance("mail", heard, now=NOW, limit=4)

    assert together(follow, follow) == [None, None]
    assert heard.seqs == all_numbers()
