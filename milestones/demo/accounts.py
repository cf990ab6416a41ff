"""Who can sign in to the demonstration? Roles, plainly marked as a demonstration, never persons."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from datetime import datetime

from milestones.actors import Actor
from milestones.models import Organisation, Person, Role
from milestones.people import operations as people
from milestones.people import organisations

DOMAIN = "demo.lingang.example"  # `.example` is reserved and never delivered to (RFC 2606)
SEND_HOUR = 0  # so that the first sweep of a day finds the hour past
_LETTERS = string.ascii_letters + string.digits
_PASSWORD_LENGTH = 16  # 95 bits


@dataclass(frozen=True)
class Account:
    """A role account; `mailbox` stands before the @, `organisation` is a code of the shipped plan."""

    role: str
    mailbox: str
    display_name: str
    organisation: str

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{DOMAIN}"


@dataclass(frozen=True)
class Login:
    """What a visitor needs to sign in."""

    role: str
    email: str
    password: str

    def __str__(self) -> str:
        return f"login: {self.role} {self.email} {self.password}"


ACCOUNTS = (
    Account(Role.OFFICE, "office", "督查室（演示）", "SUP"),
    Account(Role.OFFICE, "office-review", "督查室复核岗（演示）", "SUP"),  # where a second person must act
    Account(Role.COORDINATOR, "coordinator", "金贸处联络员（演示）", "FTB"),
    Account(Role.OWNER, "owner", "金贸处责任人（演示）", "FTB"),
    Account(Role.OWNER, "owner-ins", "制度创新处责任人（演示）", "INS"),
    Account(Role.OWNER, "owner-tec", "高科处责任人（演示）", "TEC"),
    Account(Role.OWNER, "owner-scz", "特综区处责任人（演示）", "SCZ"),
    Account(Role.OWNER, "owner-tal", "人才处责任人（演示）", "TAL"),
    Account(Role.OWNER, "owner-con", "建交处责任人（演示）", "CON"),
    Account(Role.LEADER, "leader", "分管领导（演示）", "LGA"),
    Account(Role.VIEWER, "viewer", "查阅人员（演示）", "LGA"),
)


def create_all(*, actor: Actor, now: datetime) -> list[tuple[Person, Login]]:
    """The accounts with new random passwords, and the coordinator and leader entered at their organisations."""
    units = {unit.code: unit for unit in Organisation.objects.all()}
    made = [_create(account, units, actor, now) for account in ACCOUNTS]
    for account, (person, _login) in zip(ACCOUNTS, made, strict=True):
        if account.role == Role.COORDINATOR:
            organisations.edit(units[account.organisation], {"coordinator": person}, actor=actor, now=now)
        if account.role == Role.LEADER:
            for unit in units.values():
                if unit.parent_id:
                    organisations.edit(unit, {"supervising_leader": person}, actor=actor, now=now)
    return made


def _create(account: Account, units: dict[str, Organisation], actor: Actor, now: datetime) -> tuple[Person, Login]:
    password = "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LENGTH))
    values = {
        "email": account.email,
        "display_name": account.display_name,
        "organisation": units[account.organisation],
        "send_hour": SEND_HOUR,
    }
    person = people.create(values, roles=[account.role], password=password, actor=actor, now=now, is_demo=True)
    return person, Login(str(account.role), account.email, password)
