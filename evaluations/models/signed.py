"""What every signed text shares, whatever it sums up."""

from django.conf import settings
from django.db import models

from .base import EditableRecord


class SignedText(EditableRecord):
    """A sentence or two that an evaluator signs.

    ``basis`` is a fingerprint of what it sums up when it was signed: another one now means that this changed
    since. One that was taken back is kept (``removed_at``) so that it can be signed again. ``noun`` is what
    records of who signed call it.
    """

    text = models.TextField()
    basis = models.CharField(max_length=64)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    signed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    noun = "text"

    class Meta:
        abstract = True
