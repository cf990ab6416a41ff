"""Who gets which page, and who may press which button? A row an address, a column a role.

The two milestones, roof and ring, are the owner's, and led by the unit of owner and coordinator; the outsider owns and
coordinates elsewhere; what begins with /plans/p-2024/ is a draft. What stands in <angles> hangs on the ring (`secret`
on a milestone of the draft), and `job` is the owner's.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client

from milestones.actors import Actor
from milestones.conversation import comments
from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.jobs import queue
from milestones.models import Milestone, Person, Via
from milestones.notices import operations as notices
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate
from tests.evidence import files
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn

pytestmark = pytest.mark.one_database("rights are decided in Python")

ROLES = ["visitor", "viewer", "leader", "outsider", "owner", "coordinator", "office"]
ROOF, SECRET = "/plans/p-2023/milestones/FIN-08/", "/plans/p-2024/milestones/FIN-01/"
# fmt: off
PAGES = {
    #                                                          visitor viewer leader outsider owner coordinator office
    # the plans, and the draft
    "/plans/":                                                (302, 200, 200, 200, 200, 200, 200),
    "/plans/p-2023/":                                         (302, 200, 200, 200, 200, 200, 200),
    "/plans/p-2024/":                                         (302, 404, 404, 404, 404, 404, 200),
    "/plans/p-2023/wallchart/":                               (302, 200, 200, 200, 200, 200, 200),
    "/plans/p-2024/wallchart/":                               (302, 404, 404, 404, 404, 404, 200),
    "/plans/p-2023/trend/":                                   (302, 200, 200, 200, 200, 200, 200),
    "/plans/p-2024/trend/":                                   (302, 404, 404, 404, 404, 404, 200),
    "/plans/none/":                                           (302, 404, 404, 404, 404, 404, 404),
    "/plans/p-2023/new-milestone/":                           (302, 403, 403, 403, 403, 403, 200),
    "/plans/p-2024/new-milestone/":                           (302, 404, 404, 404, 404, 404, 200),
    "/plans/p-2023/targets/":                                 (302, 200, 200, 200, 200, 200, 200),
    "/plans/p-2024/targets/":                                 (302, 404, 404, 404, 404, 404, 200),
    "/plans/p-2023/targets/FIN-T1/":                          (302, 200, 200, 200, 200, 200, 200),
    "/plans/p-2024/targets/FIN-T1/":                          (302, 404, 404, 404, 404, 404, 404),
    "/plans/p-2023/targets/FIN-T1/record/":                   (302, 403, 403, 403, 403, 403, 200),
    "/plans/p-2023/targets/FIN-T1/paste/":                    (302, 403, 403, 403, 403, 403, 200),
    # a milestone of the active plan, and one of the draft
    ROOF:                                                     (302, 200, 200, 200, 200, 200, 200),
    SECRET:                                                   (302, 404, 404, 404, 404, 404, 200),
    f"{ROOF}start/":                                          (302, 403, 403, 403, 200, 200, 200),
    f"{ROOF}submit/":                                         (302, 403, 403, 403, 200, 200, 200),
    f"{ROOF}attach/":                                         (302, 403, 403, 403, 200, 200, 200),
    f"{ROOF}forecast/":                                       (302, 403, 403, 403, 200, 200, 200),
    f"{ROOF}assign/":                                         (302, 403, 403, 403, 403, 200, 200),
    f"{ROOF}reschedule/":                                     (302, 403, 403, 403, 403, 403, 200),
    f"{ROOF}verify/":                                         (302, 403, 403, 403, 403, 403, 200),
    f"{ROOF}cancel/":                                         (302, 403, 403, 403, 403, 403, 200),
    f"{ROOF}delete/":                                         (302, 404, 404, 404, 404, 404, 404),
    f"{SECRET}report/":                                       (302, 404, 404, 404, 404, 404, 302),
    f"{SECRET}edit/":                                         (302, 404, 404, 404, 404, 404, 200),
    f"{SECRET}assign/":                                       (302, 404, 404, 404, 404, 404, 200),
    f"{SECRET}why/":                                          (302, 404, 404, 404, 404, 404, 200),
    f"{ROOF}report/":                                         (302, 403, 403, 403, 200, 200, 200),
    f"{ROOF}why/":                                            (302, 200, 200, 200, 200, 200, 200),
    f"{ROOF}extend/":                                         (302, 403, 403, 403, 200, 200, 200),
    f"{ROOF}edit/":                                           (302, 403, 403, 403, 403, 200, 200),
    f"{ROOF}depend/":                                         (302, 403, 403, 403, 403, 200, 200),
    f"{ROOF}override/":                                       (302, 403, 403, 403, 403, 403, 200),
    # what hangs on a milestone, and what somebody asked for
    "/approvals/extension/<extension>/":                      (302, 404, 403, 404, 403, 403, 200),
    "/extensions/<extension>/approve/":                       (302, 404, 403, 404, 403, 403, 200),
    "/extensions/<extension>/withdraw/":                      (302, 404, 403, 404, 200, 200, 200),
    "/reports/<report>/accept/":                              (302, 403, 403, 403, 403, 403, 200),
    "/reports/<draft>/discard/":                              (302, 404, 404, 404, 200, 404, 404),
    "/evidence/<evidence>/file":                              (302, 404, 200, 404, 200, 200, 200),
    "/evidence/<evidence>/preview":                           (302, 404, 200, 404, 200, 200, 200),
    "/evidence/<evidence>/verify/":                           (302, 404, 403, 404, 403, 403, 200),
    "/evidence/<evidence>/withdraw/":                         (302, 404, 403, 404, 200, 200, 200),
    "/comments/<secret>/withdraw/":                           (302, 404, 404, 404, 404, 404, 200),
    "/comments/<comment>/withdraw/":                          (302, 404, 403, 404, 200, 403, 200),
    "/notices/<notice>/":                                     (302, 404, 200, 404, 200, 200, 200),
    "/notices/<notice>/print":                                (302, 404, 200, 404, 200, 200, 200),
    "/jobs/<job>/":                                           (302, 404, 404, 404, 200, 404, 200),
    "/jobs/<job>/file":                                       (302, 404, 404, 404, 404, 404, 404),
    # decisions, notices, reminders
    "/approvals/":                                            (302, 200, 200, 200, 200, 200, 200),
    "/notices/":                                              (302, 200, 200, 200, 200, 200, 200),
    "/notices/new/?milestone=p-2023/FIN-09":                  (302, 403, 403, 403, 403, 403, 200),
    "/notices/new/?milestone=p-2024/FIN-01":                  (302, 404, 404, 404, 404, 404, 200),
    "/reminders/":                                            (302, 200, 200, 200, 200, 200, 200),
    "/reminders/coming/":                                     (302, 200, 200, 200, 200, 200, 200),
    "/reminders/why/":                                        (302, 200, 200, 200, 200, 200, 200),
    "/reminders/why/?milestone=FIN-09&person=owner":          (302, 200, 200, 200, 200, 200, 200),
    "/reminders/outbox/":                                     (302, 403, 403, 403, 403, 403, 200),
    # everybody's, one's own, and the doors
    "/":                                                      (302, 200, 200, 200, 200, 200, 200),
    "/ledger/":                                               (302, 200, 200, 200, 200, 200, 200),
    "/ledger/views/":                                         (302, 200, 200, 200, 200, 200, 200),
    "/ledger/owners/?owner=o":                                (302, 200, 200, 200, 200, 200, 200),
    "/search/":                                               (302, 200, 200, 200, 200, 200, 200),
    "/calendar/":                                             (302, 200, 200, 200, 200, 200, 200),
    "/me/":                                                   (302, 200, 200, 200, 200, 200, 200),
    "/me/data.json":                                          (302, 200, 200, 200, 200, 200, 200),
    "/accounts/login/":                                       (200, 302, 302, 302, 302, 302, 302),
    "/accounts/password/change/":                             (302, 200, 200, 200, 200, 200, 200),
    "/accounts/signup/":                                      (404, 404, 404, 404, 404, 404, 404),
    "/accounts/email/":                                       (404, 404, 404, 404, 404, 404, 404),
    "/me/security/":                                          (302, 200, 200, 200, 200, 200, 200),
    "/admin/":                                                (302, 403, 403, 403, 403, 403, 200),
}
POSTS = {
    #                          visitor viewer leader outsider owner coordinator office
    (ROOF, "start", "planned"):            (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "submit", "planned"):           (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "attach", "planned"):           (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "attach", "completed"):         (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "forecast", "planned"):         (302, 403, 403, 403, 302, 302, 302),
    (ROOF, "assign", "planned"):           (302, 403, 403, 403, 403, 302, 302),
    (ROOF, "reschedule", "planned"):       (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "cancel", "planned"):           (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "verify", "planned"):           (302, 403, 403, 403, 403, 403, 422),
    (ROOF, "verify", "submitted"):         (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "return", "submitted"):         (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "submit", "submitted"):         (302, 403, 403, 403, 422, 422, 422),
    (ROOF, "reschedule", "submitted"):     (302, 403, 403, 403, 403, 403, 422),
    (ROOF, "reopen", "completed"):         (302, 403, 403, 403, 403, 403, 302),
    (ROOF, "forecast", "completed"):       (302, 403, 403, 403, 422, 422, 422),
}
# fmt: on
SAID = {
    "reason": "到货延后",
    "statement": "封顶完成",
    "actual_on": "2023-09-20",
    "actual_precision": "day",
    "evidence_url_1": "https://example.org/photo",
    "url": "https://example.org/photo",
    "expected_on": "2023-11-17",
    "expected_precision": "day",
    "due_on": "2023-11-20",
    "due_precision": "day",
}  # fmt: skip


def person(cast: Cast, role: str) -> Person | None:
    return None if role == "visitor" else getattr(cast, role)


@pytest.fixture
def clients(cast: Cast, client_of: SignIn) -> dict[str, Client]:
    return {role: client_of(person(cast, role)) for role in ROLES}


@pytest.fixture
def things(cast: Cast) -> dict[str, str]:
    """By the word in angles, the id of what it stands for."""
    owner = Actor(cast.owner, Via.WEB)
    later, said = FuzzyDate(date(2023, 11, 30)), {"as_of": TODAY.date(), "progress": 40, "done": "主体已到十层"}

    def photo(milestone: Milestone) -> object:
        file = BytesIO(files.photo(size=(80, 60)))
        return evidence.attach_file(milestone, file=file, file_name="roof.jpg", actor=SYSTEM, now=TODAY)

    made = {
        "extension": extensions.request(cast.ring, due=later, reason="到货延后", progress=40, actor=owner, now=TODAY),
        "report": reports.file(cast.ring, said, actor=owner, now=TODAY),
        "draft": reports.write(cast.ring, said, actor=owner, now=TODAY),
        "evidence": photo(cast.ring),
        "secret": comments.add(cast.secret, "是否列入明年？", actor=Actor(cast.office, Via.WEB), now=TODAY),
        "comment": comments.add(cast.ring, "十月底前能否封顶？", actor=owner, now=TODAY),
        "notice": notices.issue(cast.ring, level="red", matter="请说明滞后原因。", actor=SYSTEM, now=TODAY),
        "job": queue.ask("ledger_export", {"query": ""}, person=cast.owner, now=TODAY),
    }
    return {name: str(one.pk) for name, one in made.items()}  # type: ignore[attr-defined]  # rows of models


def test_pages(clients: dict[str, Client], things: dict[str, str]) -> None:
    found = {path: tuple(got(clients[role], filled(path, things)) for role in ROLES) for path in PAGES}
    assert found == PAGES


def got(client: Client, path: str) -> int:
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer)  # the file is closed at its end
    return answer.status_code


def filled(path: str, things: dict[str, str]) -> str:
    for name, pk in things.items():
        path = path.replace(f"<{name}>", pk)
    return path


def test_buttons(cast: Cast, clients: dict[str, Client], client_of: SignIn) -> None:
    """Each press is undone, so that every role finds the milestone in the row's state."""
    found = {}
    for state in ("planned", "submitted", "completed"):
        if state == "submitted":
            submitted(cast, client_of)
        if state == "completed":
            client_of(cast.colleague).post(f"{ROOF}verify/", {"version": fresh(cast)})
        for row in (one for one in POSTS if one[2] == state):
            found[row] = tuple(pressed(cast, clients[role], f"{row[0]}{row[1]}/") for role in ROLES)
    assert found == POSTS


def pressed(cast: Cast, client: Client, address: str) -> int:
    with transaction.atomic():
        answer = client.post(address, {**SAID, "version": fresh(cast), "to": str(cast.outsider.pk)})
        transaction.set_rollback(True)
    return answer.status_code


def submitted(cast: Cast, client_of: SignIn) -> None:
    answer = client_of(cast.owner).post(f"{ROOF}submit/", {**SAID, "version": fresh(cast)})
    assert answer.status_code == 302, answer.content.decode()


def fresh(cast: Cast) -> int:
    cast.roof.refresh_from_db()
    return cast.roof.version
