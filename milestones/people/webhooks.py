"""单位通知接口: by which address is an organisation told beside the mails to its people?

The address may hold a secret of the receiver's. It is written, never shown again: history masks it, pages and refusals
name its host.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access, urlguard
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Duplicate, RuleBroken, StateConflict, check_known
from milestones.mail import post
from milestones.mail.transport import Outcome
from milestones.mail.webhook import Webhook
from milestones.models import Milestone, NextLook, Organisation, OrganisationWebhook
from milestones.models.base import uuid7
from milestones.planning.staying import hold_active
from milestones.urlguard import Refused, Why

EDITABLE = ("url", "is_active")
# Somebody waits for the answer to a test message, in a browser whose patience ends.
SECONDS_OF_A_TEST = 8.0

WORDS: Mapping[Why, Any] = {
    Why.UNREADABLE: gettext_lazy("This is no address; copy it once more, it begins with https://."),
    Why.SCHEME: gettext_lazy("The address must begin with https:// or http://."),
    Why.USERINFO: gettext_lazy("A name or password before the host is not taken; leave out everything before the @."),
    Why.HOST: gettext_lazy("The host of this address is not written as a name or a plain number; check its spelling."),
    Why.PORT: gettext_lazy("This port is not called; use 443, 80 or one from 1024 on that no other service has."),
    Why.UNKNOWN_NAME: gettext_lazy("There is no host of this name; check its spelling."),
    Why.NOT_PUBLIC: gettext_lazy(
        "This address leads to a machine that is not public. If it is a chat server of your own, whoever operates this "
        "installation can allow its network with WEBHOOK_ALLOWED_NETWORKS."
    ),
}


def create(
    organisation: Organisation, url: str, *, is_active: bool = True, actor: Actor, now: datetime
) -> OrganisationWebhook:
    """From now on one message a working morning tells what the organisation leads. Asks the name server.

    Raises RuleBroken when the address may not be called, Duplicate when the organisation has one.
    """
    webhook = OrganisationWebhook(organisation=organisation, url=url.strip(), is_active=is_active)
    access.require(actor, "webhook.create", webhook)
    check_address(webhook.url)
    if OrganisationWebhook.objects.filter(organisation=organisation).exists():
        message = _("This organisation has a webhook already; change that one.")
        raise Duplicate(message, field="organisation")
    with record.writing(actor=actor, now=now):
        hold_active(organisation=organisation)
        record.create(webhook, actor=actor, verb="webhook.create", now=now)
        _look_again(organisation, now)
    return webhook


def edit(
    webhook: OrganisationWebhook,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    """Another address, or switched off or on; False when nothing differs. What waits is posted to the new address."""
    record.expect(webhook, version)
    check_known(values, EDITABLE)
    access.require(actor, "webhook.edit", webhook)
    if "url" in values:
        values = {**values, "url": values["url"].strip()}
        check_address(values["url"])
    with record.writing(actor=actor, now=now):
        changed = record.update(webhook, values, actor=actor, verb="webhook.edit", now=now)
        if changed:
            _look_again(webhook.organisation, now)
    return changed


def delete(webhook: OrganisationWebhook, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """What waits for it is held back: the organisation has no such channel any more."""
    record.expect(webhook, version)
    access.require(actor, "webhook.delete", webhook)
    with record.writing(actor=actor, now=now):
        record.delete(webhook, actor=actor, verb="webhook.delete", now=now)
        _look_again(webhook.organisation, now)


def test(webhook: OrganisationWebhook, *, actor: Actor, now: datetime) -> Outcome:
    """Post a message that only shows that the channel works; the receiver's answer. Changes nothing, so history has no
    entry of it. Raises StateConflict when the webhook is switched off."""
    access.require(actor, "webhook.test", webhook)
    if not webhook.is_active:
        raise StateConflict(_("This webhook is switched off; switch it on first."), code="inactive")
    key = str(uuid7())
    with translation.override(settings.LANGUAGE_CODE):
        unit = webhook.organisation
        title = _("Test message for %(organisation)s") % {"organisation": unit}
        text = _("This is a test. On working mornings this place is told what is due of the milestones you lead.")
    body = post.message(key, unit, timezone.localdate(now), title, f"{title}\n\n{text}\n{settings.BASE_URL}/\n")
    transport = Webhook(settings.WEBHOOK_ALLOWED_NETWORKS, seconds=SECONDS_OF_A_TEST)
    return transport.send(f"{key}-1", "", webhook.url, body)


def shown(webhook: OrganisationWebhook) -> str:
    """What of the address may be seen: https://chat.example.org/•••."""
    try:
        target = urlguard.read(webhook.url)
    except Refused:
        return record.MASK
    return f"{target.scheme}://{target.authority}/{record.MASK}"


def check_address(url: str) -> None:
    """Raises RuleBroken, at `url`, when it may not be called as things are now. Asks the name server."""
    try:
        urlguard.check(url, settings.WEBHOOK_ALLOWED_NETWORKS)
    except Refused as refusal:
        raise RuleBroken(WORDS[refusal.why], field="url", code=refusal.why) from None


def _look_again(organisation: Organisation, now: datetime) -> None:
    """What it leads is told over one channel more, or one less."""
    NextLook.objects.wake(Milestone.objects.open().in_active_plans().filter(lead=organisation), now)
