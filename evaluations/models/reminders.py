"""Private links for owners without an account, calendars, and the reminders that were sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .base import EvaluationRecord
from .evaluation import Membership
from .recommendations import Owner


class OwnerLink(EvaluationRecord):
    """A private address through which an owner updates their own actions; only the token's hash is kept."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return f"Link {self.pk}"


class CalendarFeed(EvaluationRecord):
    """A member's calendar of due dates under a secret address; it ends with the membership."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="calendar")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"Calendar {self.pk}"


class Digest(EvaluationRecord):
    """A reminder to one person, claimed before it is mailed, so that no run mails it twice.

    It goes to a member (``user``) or to an owner without an account (``owner``), one a day at most.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    day = models.DateField()
    claimed_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "user", "day"],
                condition=Q(user__isnull=False),
                name="digest_once_a_day_per_user",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "owner", "day"],
                condition=Q(owner__isnull=False),
                name="digest_once_a_day_per_owner",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, owner__isnull=True)
                | Q(user__isnull=True, owner__isnull=False),
                name="digest_to_one",
            ),
        ]

    def __str__(self):
        return f"Digest {self.pk}"
