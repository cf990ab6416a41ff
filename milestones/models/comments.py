"""What do people say to each other about a milestone, and who wants to hear of it?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .base import Versioned, uuid7
from .milestones import Milestone
from .people import Person


class Comment(Versioned):
    """评论. A withdrawn one keeps its place and its reason; its text is shown no more."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="comments", verbose_name=_("milestone"))
    author = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="comments", verbose_name=_("author")
    )
    text = models.TextField(_("text"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_has_a_text"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(reason=""), name="comment_withdrawn_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        """Pages and lists call it by this: a withdrawn text is not said."""
        return self.text[:80] if self.withdrawn_at is None else gettext("(withdrawn)")


class CommentMention(models.Model):
    """Somebody named in a comment. Part of the comment: its entries are the comment's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions", verbose_name=_("comment"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="mentions", verbose_name=_("person"))

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="mention_once")]

    def __str__(self) -> str:
        return str(self.person)


class Watch(Versioned):
    """关注: this person hears of what happens to the milestone."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="watches", verbose_name=_("milestone"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="watches", verbose_name=_("person"))

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["milestone", "person"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.person} ← {self.milestone}"
