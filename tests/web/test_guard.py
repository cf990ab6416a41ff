"""What does a person see whose text carries a classification marking?"""

from __future__ import annotations

import pytest

from milestones.marking import digest
from milestones.models import ChangeEntry, GuardRefusal
from tests.web.cast import Cast
from tests.web.conftest import SignIn
from tests.web.test_milestone import DONE, ROOF

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "代号蓝鲸 机密★10年"


def version(cast: Cast) -> int:
    cast.roof.refresh_from_db()
    return cast.roof.version


def test_the_form_comes_back_with_what_was_typed_and_nothing_is_stored(cast: Cast, client_of: SignIn) -> None:
    seen, owner = ChangeEntry.objects.count(), client_of(cast.owner)
    answer = owner.post(f"{ROOF}submit/", {**DONE, "statement": SECRET, "version": version(cast)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert SECRET in page  # shown again to whoever typed it
    assert 'aria-invalid="true"' in page
    assert ChangeEntry.objects.count() == seen
    cast.roof.refresh_from_db()
    assert (cast.roof.state, cast.roof.statement) == ("planned", "")
    row = GuardRefusal.objects.get()
    assert (row.actor_id, row.via, row.field, row.sha256) == (cast.owner.pk, "web", "statement", digest(SECRET))
    assert "蓝鲸" not in f"{answer.cookies} {dict(owner.session)}"


def test_a_title_of_evidence_is_refused_above_the_form(cast: Cast, client_of: SignIn) -> None:
    owner = client_of(cast.owner)
    answer = owner.post(f"{ROOF}submit/", {**DONE, "evidence_title_1": "【秘密】", "version": version(cast)})
    assert answer.status_code == 422
    cast.roof.refresh_from_db()
    assert cast.roof.state == "planned"
    row = GuardRefusal.objects.get()
    assert (row.entity, row.field, row.rule) == ("evidence", "title", "alone")
