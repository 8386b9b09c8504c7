"""The people who were interviewed: a code and their consent here, their identity apart and encrypted."""

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from .base import EditableRecord, EvaluationRecord, one_of

code_validator = RegexValidator(r"^[A-Z]+[0-9]+\Z", "Use capital letters and then a number, for example P01.")


class Sector(models.TextChoices):
    """The part of the system that a participant speaks from."""

    PROGRAMME = "programme", "Programme"
    LOCAL_GOVERNMENT = "local_government", "Local government"
    HEALTH = "health", "Health"
    PARENT = "parent", "Parent"
    VOLUNTARY = "voluntary", "Voluntary"
    UNIVERSITY = "university", "University"
    OTHER = "other", "Other"


class Consent(models.TextChoices):
    """Whether a participant may be quoted; "not recorded" counts as no."""

    YES = "yes", "May be quoted"
    ASK_FIRST = "ask_first", "Ask before quoting"
    NO = "no", "Not to be quoted"
    NOT_RECORDED = "not_recorded", "Not recorded"


class Attribution(models.TextChoices):
    """How a quotation of a participant may be attributed."""

    NONE = "none", "A participant"
    SECTOR = "sector", "Sector only"
    ORGANISATION = "organisation", "Organisation"
    NAMED = "named", "By name"


class Participant(EditableRecord):
    """Somebody who spoke to the evaluators, known by a code."""

    code = models.CharField(max_length=12, validators=[code_validator])
    sector = models.CharField(max_length=20, choices=Sector, default=Sector.OTHER)
    organisation = models.CharField(max_length=160, blank=True)
    consent = models.CharField("may be quoted", max_length=20, choices=Consent, default=Consent.NOT_RECORDED)
    attribution = models.CharField(
        "attribution allowed", max_length=20, choices=Attribution, default=Attribution.NONE
    )
    consent_how = models.CharField("how consent was given", max_length=160, blank=True)
    consent_on = models.DateField("when consent was given", null=True, blank=True)
    withdrawal_cutoff = models.DateField("cut-off for withdrawing that they were told", null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = [Length("code"), "code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "code"], name="participant_code_unique"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]+[0-9]+$"), name="participant_code_shape"),
            one_of("sector", Sector, name="participant_sector_known"),
            one_of("consent", Consent, name="participant_consent_known"),
            one_of("attribution", Attribution, name="participant_attribution_known"),
            models.CheckConstraint(
                condition=Q(withdrawal_cutoff__isnull=True)
                | Q(consent_on__isnull=True)
                | Q(withdrawal_cutoff__gte=F("consent_on")),
                name="participant_cutoff_after_consent",
            ),
        ]

    def __str__(self):
        return self.code


def _cipher():
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])


def seal(text):
    """Return ``text`` encrypted with the newest key, as ``unseal`` reads it; empty text stays empty."""
    return _cipher().encrypt(text.encode()).decode() if text else text


def unseal(text):
    """Return the readable text of an encrypted one; raises cryptography's InvalidToken without its key."""
    return _cipher().decrypt(text.encode()).decode() if text else text


class EncryptedTextField(models.TextField):
    """Text that is stored encrypted (Fernet: AES-128-CBC with HMAC) and can never be searched.

    The newest of ``settings.IDENTITY_KEYS`` encrypts; any of them decrypts, so keys can be rotated.
    """

    def get_prep_value(self, value):
        """Return the encrypted text for the database; empty text stays empty."""
        return seal(super().get_prep_value(value))

    def from_db_value(self, value, expression, connection):
        """Return the readable text; raises cryptography's InvalidToken without the right key."""
        return unseal(value)

    def get_lookup(self, lookup_name):
        """Refuse every look-up but "is it empty": equal texts encrypt differently each time."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class ParticipantIdentity(EvaluationRecord):
    """Who a participant is: apart from everything else, encrypted, for evaluators only."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="identity")
    name = EncryptedTextField(blank=True)
    contact = EncryptedTextField(blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name_plural = "participant identities"

    def __str__(self):
        return f"Identity of participant {self.participant_id}"
