"""What does the history call the verb that changed something?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

# A verb, or its last word for those that need no word of their own.
WORDS: dict[str, Any] = {
    "create": pgettext_lazy("history", "created"),
    "edit": pgettext_lazy("history", "edited"),
    "delete": pgettext_lazy("history", "deleted"),
    "milestone.assign": pgettext_lazy("history", "owner named"),
    "milestone.hand_over": pgettext_lazy("history", "handed over"),
    "milestone.reschedule": pgettext_lazy("history", "rescheduled"),
    "milestone.forecast": pgettext_lazy("history", "forecast given"),
    "milestone.start": pgettext_lazy("history", "work begun"),
    "milestone.submit": pgettext_lazy("history", "submitted as done"),
    "milestone.verify": pgettext_lazy("history", "verified"),
    "milestone.return": pgettext_lazy("history", "returned"),
    "milestone.reopen": pgettext_lazy("history", "reopened"),
    "milestone.cancel": pgettext_lazy("history", "cancelled"),
    "milestone.carry_over": pgettext_lazy("history", "carried over"),
    "dependency.add": pgettext_lazy("history", "dependency added"),
    "dependency.edit": pgettext_lazy("history", "lag of a dependency changed"),
    "dependency.remove": pgettext_lazy("history", "dependency removed"),
    "delegation.create": pgettext_lazy("history", "delegation begun"),
    "delegation.edit": pgettext_lazy("history", "delegation changed"),
    "delegation.end": pgettext_lazy("history", "delegation ended"),
    "milestone.health": pgettext_lazy("history", "health assessed"),
    "milestone.override_health": pgettext_lazy("history", "health set by hand"),
    "milestone.withdraw_override": pgettext_lazy("history", "override withdrawn"),
    "evidence.attach": pgettext_lazy("history", "evidence attached"),
    "evidence.verify": pgettext_lazy("history", "evidence verified"),
    "evidence.reject": pgettext_lazy("history", "evidence rejected"),
    "evidence.withdraw": pgettext_lazy("history", "evidence withdrawn"),
    "report.write": pgettext_lazy("history", "report written"),
    "report.submit": pgettext_lazy("history", "report submitted"),
    "report.accept": pgettext_lazy("history", "report accepted"),
    "report.return": pgettext_lazy("history", "report returned"),
    "report.discard": pgettext_lazy("history", "draft report discarded"),
    "milestone.report": pgettext_lazy("history", "report submitted"),
    "extension.request": pgettext_lazy("history", "extension asked for"),
    "extension.approve": pgettext_lazy("history", "extension approved"),
    "extension.decline": pgettext_lazy("history", "extension declined"),
    "extension.withdraw": pgettext_lazy("history", "extension request withdrawn"),
    "extension.lapse": pgettext_lazy("history", "extension request ended with its milestone"),
    "notice.issue": pgettext_lazy("history", "notice issued"),
    "notice.sign": pgettext_lazy("history", "notice signed for"),
    "notice.reply": pgettext_lazy("history", "notice answered"),
    "notice.cancel": pgettext_lazy("history", "notice cancelled"),
    "comment.add": pgettext_lazy("history", "comment made"),
    "comment.delete": pgettext_lazy("history", "comment deleted"),
    "comment.withdraw": pgettext_lazy("history", "comment withdrawn"),
    "watch.start": pgettext_lazy("history", "watch begun"),
    "watch.stop": pgettext_lazy("history", "watch ended"),
    "plan.create": pgettext_lazy("history", "plan created"),
    "plan.edit": pgettext_lazy("history", "plan edited"),
    "plan.activate": pgettext_lazy("history", "plan activated"),
    "plan.close": pgettext_lazy("history", "plan closed"),
    "workstream.create": pgettext_lazy("history", "workstream created"),
    "workstream.edit": pgettext_lazy("history", "workstream edited"),
    "workstream.delete": pgettext_lazy("history", "workstream deleted"),
    "target.create": pgettext_lazy("history", "target created"),
    "target.edit": pgettext_lazy("history", "target edited"),
    "target.delete": pgettext_lazy("history", "target deleted"),
    "target.record": pgettext_lazy("history", "reading recorded"),
    "reading.delete": pgettext_lazy("history", "reading deleted"),
    "policy.edit_steps": pgettext_lazy("history", "steps edited"),
    "person.deactivate": pgettext_lazy("history", "deactivated"),
    "person.reactivate": pgettext_lazy("history", "reactivated"),
    "person.set_password": pgettext_lazy("history", "password set"),
    "person.set_preferences": pgettext_lazy("history", "preferences set"),
    "person.anonymise": pgettext_lazy("history", "anonymised"),
    "person.mute": pgettext_lazy("history", "digest muted"),
    "calendar.declare": pgettext_lazy("history", "declared"),
    "calendar.withdraw": pgettext_lazy("history", "withdrawn"),
}


def words(verb: str) -> str:
    """`milestone.hand_over` → “handed over”; an unknown verb is shown as it is."""
    return str(WORDS.get(verb) or WORDS.get(verb.rpartition(".")[2], verb))
