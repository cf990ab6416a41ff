"""Is nothing overwritten unseen, and is what cannot be brought over told until it is settled?"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError

from milestones.models import SyncLink, SyncPair, SyncTrouble
from milestones.sync.writing import Writer
from tests.mirror.two import Two

pytestmark = pytest.mark.one_database("whose change wins is decided in Python")


@pytest.fixture
def tied(two: Two) -> Two:
    """Both have the same active plan, brought here by a pull."""
    two.there.plan()
    assert two.pull().code == 0
    return two


@pytest.fixture
def draft(two: Two) -> Two:
    """The same with a draft plan, from which things may be deleted."""
    two.there.plan(active=False)
    assert two.pull().code == 0
    return two


def codes() -> list[str]:
    return [one.code for one in SyncTrouble.objects.order_by("pk")]


# --- Both changed it --------------------------------------------------------------------------------------------------
def test_a_field_that_both_changed_is_listed_with_both_values(tied: Two) -> None:
    tied.there.change(tied.there.at("M1"), title="那边的", weight=7)
    tied.here.change(tied.here.at("M1"), title="这边的")

    run = tied.pull()

    assert run.code == 1
    assert "p/M1" in run.said
    assert "那边的" in run.said
    assert "这边的" in run.said
    assert tied.here.one("M1")["title"] == "这边的"
    assert tied.here.one("M1")["weight"] == 7  # what only one side changed is no matter of dispute
    assert tied.push().code == 1
    assert tied.there.one("M1")["title"] == "那边的"


@pytest.mark.parametrize("giving_way", ["here", "there"])
def test_a_conflict_is_settled_by_whoever_gives_way(tied: Two, giving_way: str) -> None:
    tied.there.change(tied.there.at("M1"), title="那边的")
    tied.here.change(tied.here.at("M1"), title="这边的")
    assert tied.pull().code == 1

    side = getattr(tied, giving_way)
    side.change(side.at("M1"), title="这边的" if giving_way == "there" else "那边的")

    assert tied.pull().code == 0
    assert tied.push().code == 0
    tied.same()
    tied.there.change(tied.there.at("M1"), title="以后")
    assert tied.pull().code == 0
    tied.same()


def test_states_may_be_in_dispute(tied: Two) -> None:
    tied.there.move("M1", "submit")
    tied.here.move("M1", "cancel")

    run = tied.pull()

    assert run.code == 1
    assert tied.here.one("M1")["state"] == "cancelled"


def test_a_date_does_not_undo_what_the_target_has_done(tied: Two) -> None:
    tied.here.change(tied.here.at("M1"), due={"on": "2026-12-01", "precision": "day"}, reason="雨季")
    tied.there.move("M1", "cancel")

    assert tied.push().code == 1
    assert codes() == ["waits"]
    assert tied.there.one("M1")["state"] == "cancelled"
    assert tied.pull().code == 0
    assert tied.here.one("M1")["state"] == "cancelled"
    assert tied.push().code == 0
    tied.same()


def test_what_both_changed_alike_is_no_conflict(tied: Two) -> None:
    for side in (tied.here, tied.there):
        side.change(side.at("M1"), title="同样")
        side.move("M1", "start")

    assert tied.pull().code == 0
    assert tied.push().code == 0
    tied.same()


def test_what_both_had_before_is_compared(two: Two) -> None:
    for side in (two.here, two.there):
        side.plan(active=side is two.there)
    two.there.move("M1", "start")
    two.here.change(two.here.at("M2"), title="这边的")

    run = two.pull()

    assert run.code == 1
    assert codes() == ["conflict"]
    assert two.here.one("M1")["state"] == "in_progress"  # nobody here had moved it
    assert two.here.one("M2")["title"] == "这边的"


def test_a_code_that_the_target_gave_to_something_else_is_listed(tied: Two) -> None:
    tied.here.milestone("M8")
    tied.there.change(tied.there.at("M1"), code="M8")

    run = tied.pull()

    assert run.code == 1
    assert codes() == ["taken"]
    tied.here.change(tied.here.at("M8"), code="M7")
    assert tied.pull().code == 0
    assert tied.push().code == 0
    tied.same()


# --- Deletions --------------------------------------------------------------------------------------------------------
def test_what_is_deleted_there_goes_here(draft: Two) -> None:
    draft.there.done("DELETE", draft.there.at("M1"))
    assert draft.pull().code == 0
    draft.same()
    draft.there.done("DELETE", draft.there.at("p", "/plans"))
    assert draft.pull().code == 0
    draft.same()
    assert SyncPair.objects.exclude(entity__in=("organisation", "person")).count() == 0


def test_what_is_deleted_here_goes_there(draft: Two) -> None:
    draft.here.done("DELETE", draft.here.at("M1"))
    assert draft.push().code == 0
    draft.same()
    assert draft.pull().code == 0
    draft.same()


def test_deleted_there_and_changed_here_is_a_conflict(draft: Two) -> None:
    draft.there.done("DELETE", draft.there.at("M1"))
    draft.here.change(draft.here.at("M1"), title="这边的")

    assert draft.pull().code == 1
    assert codes() == ["conflict"]
    draft.here.done("DELETE", draft.here.at("M1"))
    assert draft.pull().code == 0


def test_changed_there_and_deleted_here_is_a_conflict(draft: Two) -> None:
    draft.there.change(draft.there.at("M1"), title="那边的")
    draft.here.done("DELETE", draft.here.at("M1"))

    assert draft.pull().code == 1
    assert codes() == ["gone"]
    draft.here.milestone("M1", title="那边的", accountable="owner@example.org", lead="FTB")  # made anew
    assert draft.pull().code == 0
    draft.same()


def test_deleted_and_made_anew_under_its_code(draft: Two) -> None:
    draft.there.done("DELETE", draft.there.at("M1"))
    draft.there.milestone("M1", title="新的")
    assert draft.pull().code == 0
    draft.same()


# --- Cursors ----------------------------------------------------------------------------------------------------------
def new_epoch(two: Two) -> None:
    two.other.manage("shell", "-v0", "-c", "from milestones.sync import epoch\nfrom django.utils import timezone\n"
                     "epoch.renew(now=timezone.now())")  # fmt: skip


def test_an_old_cursor_begins_anew_and_doubles_nothing(draft: Two) -> None:
    new_epoch(draft)
    draft.there.change(draft.there.at("M1"), title="那边的")
    versions = {one["code"]: one["version"] for one in draft.here.get("/milestones")}

    run = draft.pull()

    assert run.code == 0, run.said
    draft.same()
    assert {one["code"]: one["version"] for one in draft.here.get("/milestones")} == versions | {
        "M1": versions["M1"] + 1
    }


def test_what_vanished_while_nobody_listened_goes_too(draft: Two) -> None:
    draft.there.done("DELETE", draft.there.at("M1"))
    draft.there.milestone("M1", title="新的")
    draft.there.done("DELETE", draft.there.at("M2"))
    new_epoch(draft)

    run = draft.pull()

    assert run.code == 0, run.said
    draft.same()
    assert not SyncLink.objects.get().unchecked


def test_what_a_narrower_token_does_not_see_is_not_deleted(draft: Two) -> None:
    token = draft.other.token("narrower", "read,people:read")

    run = draft.run("pull", token_file=str(token))

    assert run.code == 1
    assert set(codes()) == {"vanished"}
    assert len(draft.here.get("/milestones")) == 2


# --- Refused ----------------------------------------------------------------------------------------------------------
def test_what_the_target_refuses_is_told_and_tried_again(tied: Two) -> None:
    tied.there.change(tied.there.at("M1"), accountable="other@example.org")
    tied.here.change(tied.here.at("other@example.org", "/people"), active=False)

    run = tied.pull()

    assert run.code == 1
    assert codes() == ["refused"]
    tied.here.change(tied.here.at("other@example.org", "/people"), active=True)
    assert tied.pull().code == 0
    tied.same()


def test_a_plan_waits_for_its_contents_before_it_is_closed(two: Two) -> None:
    two.there.plan()
    two.there.post("/people", email="gone@example.org", display_name="gone")
    two.there.change(two.there.at("M1"), accountable="gone@example.org")
    two.here.post("/people", email="gone@example.org", display_name="gone", active=False)
    two.there.done("POST", f"{two.there.at('p', '/plans')}/close", {})

    assert two.pull().code == 1
    assert two.here.one("p", "/plans")["state"] == "active"
    two.here.change(two.here.at("gone@example.org", "/people"), active=True)
    assert two.pull().code == 0
    two.same()


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_whatever_is_half_done_is_known_again(tied: Two, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """The push wrote, and was killed before it could note what is agreed; then the source changes once more."""
    code = "M1" if method == "PATCH" else "M5"
    if method == "PATCH":
        tied.here.change(tied.here.at(code), title="第一次")
    else:
        tied.here.milestone(code, title="第一次")
    write = Writer._write

    def write_and_die(self: Writer, how: str, *args: Any, **values: Any) -> Any:
        write(self, how, *args, **values)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_write", write_and_die)
        with pytest.raises(CommandError, match="Cut short"):
            tied.push()
    assert tied.there.one(code)["title"] == "第一次"
    assert codes() == ["begun"]
    tied.here.change(tied.here.at(code), title="第二次")

    run = tied.push()

    assert run.code == 0, run.said
    assert "cut short" in run.said
    tied.same()
