"""The record of access: who did what with it, in verbs of one list; added to and never changed."""

from enum import StrEnum

from django.conf import settings
from django.db import models

from .evaluation import Evaluation


def capitalised(text):
    """Return a text that begins with a capital: ``Closed vote 3``."""
    return text[:1].upper() + text[1:]


class VerbGroup(models.TextChoices):
    """What a verb of the record is about, as its page filters by."""

    IDENTITIES = "identities", "Names and contacts"
    CONSENT = "consent", "Consent and quotations"
    WITHDRAWAL = "withdrawal", "Withdrawal and deletion"
    EXPORTS = "exports", "Files taken away"
    ACCESS = "access", "Who may open it"
    READERS = "readers", "What readers see"
    WORK = "work", "Set-up, imports and coding"
    RUNNING = "running", "Keys and backups"

    @property
    def verbs(self):
        """Return the verbs of the group."""
        return [verb for verb in Verb if verb.group == self]


class Verb(StrEnum):
    """Everything that is recorded: as it is stored, what it is about, and how a page says it.

    What was stored once stays as it is: a verb may be added, and its ``words`` may change.
    """

    def __new__(cls, value, group, words=""):
        """Make a verb; its words are what is stored, with a capital, unless they are given."""
        verb = str.__new__(cls, value)
        verb._value_ = value
        verb.group = group
        verb.words = words or capitalised(value)
        return verb

    SAW_IDENTITY = "saw identity", VerbGroup.IDENTITIES, "Saw who it is"
    CHANGED_IDENTITY = "changed identity", VerbGroup.IDENTITIES, "Changed who it is"
    TOOK_PARTICIPANT_DATA = "took participant data", VerbGroup.IDENTITIES, "Took all that is held"
    CHANGED_KEPT_MONTHS = "changed how long names are kept", VerbGroup.IDENTITIES
    GAVE_NOTICE = (
        "gave notice of deletion",
        VerbGroup.IDENTITIES,
        "Gave notice that names and contacts will be deleted",
    )

    ADDED_PARTICIPANT = "added participant", VerbGroup.CONSENT
    CHANGED_CODE = "changed code of participant", VerbGroup.CONSENT, "Changed the code of a participant"
    CHANGED_CONSENT = "changed consent", VerbGroup.CONSENT
    CHANGED_ATTRIBUTION = "changed attribution", VerbGroup.CONSENT
    APPROVED_QUOTATION = "approved quotation", VerbGroup.CONSENT
    TOOK_BACK_APPROVAL = "took back approval of quotation", VerbGroup.CONSENT
    VOIDED_APPROVAL = "voided approval of quotation", VerbGroup.CONSENT
    RECORDED_AGREEMENT = "recorded agreement to quotation", VerbGroup.CONSENT
    RECORDED_REFUSAL = "recorded refusal of quotation", VerbGroup.CONSENT

    WITHDREW_PARTICIPANT = "withdrew participant", VerbGroup.WITHDRAWAL
    MUST_WITHDRAW_AGAIN = (
        "must withdraw again",
        VerbGroup.WITHDRAWAL,
        "Must withdraw again, as an older backup was restored:",
    )
    DELETED_EVIDENCE = "deleted evidence file", VerbGroup.WITHDRAWAL, "Deleted with a withdrawal"
    DELETED_IDENTITIES = "deleted names and contacts", VerbGroup.WITHDRAWAL
    DELETED_FIRST_NAMES = (
        "deleted first names and notes",
        VerbGroup.WITHDRAWAL,
        "Deleted first names and notes of a workshop",
    )

    EXPORTED = "exported", VerbGroup.EXPORTS, "Took a file"
    MADE_CALENDAR = "made calendar", VerbGroup.EXPORTS
    STOPPED_CALENDAR = "stopped calendar", VerbGroup.EXPORTS

    INVITED = "invited", VerbGroup.ACCESS, "Invited somebody"
    REVOKED_INVITATION = "revoked invitation", VerbGroup.ACCESS
    ACCEPTED_INVITATION = "accepted invitation", VerbGroup.ACCESS
    ADDED_MEMBER = "added member", VerbGroup.ACCESS
    CHANGED_ROLE = "changed role", VerbGroup.ACCESS
    REMOVED_MEMBER = "removed member", VerbGroup.ACCESS
    JOINED_PRACTICE = "joined practice evaluation", VerbGroup.ACCESS
    STARTED_EVALUATION = "started evaluation", VerbGroup.ACCESS
    MADE_PRIVATE_LINK = "made private link", VerbGroup.ACCESS
    REVOKED_PRIVATE_LINKS = "revoked private links", VerbGroup.ACCESS
    LINKED_OWNER = "linked owner", VerbGroup.ACCESS, "Linked an owner to an account"
    REMOVED_OWNER = "removed owner", VerbGroup.ACCESS
    SHARED_FOR_COMMENT = "shared for comment", VerbGroup.ACCESS
    ENDED_SHARING = "ended sharing for comment", VerbGroup.ACCESS
    OPENED_WORKSHOP = "opened workshop", VerbGroup.ACCESS
    CLOSED_WORKSHOP = "closed workshop", VerbGroup.ACCESS
    REQUIRED_TWO_STEP = "required two-step sign-in", VerbGroup.ACCESS
    STOPPED_REQUIRING_TWO_STEP = "stopped requiring two-step sign-in", VerbGroup.ACCESS
    SET_UP_TWO_STEP = "set up two-step sign-in", VerbGroup.ACCESS
    REMOVED_TWO_STEP = "removed two-step sign-in", VerbGroup.ACCESS
    RESET_TWO_STEP = "reset two-step sign-in", VerbGroup.ACCESS
    CHANGED_PASSWORD = "changed password", VerbGroup.ACCESS
    MADE_RECOVERY_CODES = "made recovery codes", VerbGroup.ACCESS
    USED_RECOVERY_CODE = "used recovery code", VerbGroup.ACCESS
    ENDED_SESSIONS = "ended sessions", VerbGroup.ACCESS
    ADDED_ACCOUNT = "added account", VerbGroup.ACCESS
    STOPPED_ACCOUNT = "made account inactive", VerbGroup.ACCESS
    REOPENED_ACCOUNT = "made account active", VerbGroup.ACCESS
    MADE_SUPERUSER = "made superuser", VerbGroup.ACCESS
    ENDED_SUPERUSER = "made superuser no longer", VerbGroup.ACCESS
    MADE_STAFF = "made staff", VerbGroup.ACCESS
    ENDED_STAFF = "made staff no longer", VerbGroup.ACCESS
    CHANGED_PERMISSIONS = "changed permissions", VerbGroup.ACCESS
    CHANGED_EMAIL = "changed email address", VerbGroup.ACCESS, "Changed the email address of somebody"
    SET_PASSWORD = "set password for", VerbGroup.ACCESS, "Set a password for somebody"

    PUBLISHED = "published", VerbGroup.READERS, "Published"
    SIGNED_SUMMARY = "signed summary", VerbGroup.READERS
    TOOK_BACK_SUMMARY = "took back summary", VerbGroup.READERS
    PUT_BACK_SUMMARY = "put back summary", VerbGroup.READERS
    SIGNED_READING = "signed reading", VerbGroup.READERS
    TOOK_BACK_READING = "took back reading", VerbGroup.READERS
    PUT_BACK_READING = "put back reading", VerbGroup.READERS
    DECIDED_RESOLVED = "decided resolved", VerbGroup.READERS
    DECIDED_PERSISTS = "decided persists", VerbGroup.READERS
    DECIDED_WORSENED = "decided worsened", VerbGroup.READERS
    TOOK_BACK_OUTCOME = "took back outcome", VerbGroup.READERS
    PUT_BACK_OUTCOME = "put back outcome", VerbGroup.READERS
    ACCEPTED_GAP = "accepted gap", VerbGroup.READERS
    TOOK_BACK_GAP = "took back gap", VerbGroup.READERS, "Took back acceptance of a gap"
    ACCEPTED_PASSAGE = "accepted passage", VerbGroup.READERS
    TOOK_BACK_PASSAGE = "took back passage", VerbGroup.READERS, "Took back acceptance of a passage"
    CLOSED_VOTE = "closed vote", VerbGroup.READERS
    SHOWED_TOTALS = "showed totals of vote", VerbGroup.READERS
    HID_TOTALS = "hid totals of vote", VerbGroup.READERS

    IMPORTED = "imported", VerbGroup.WORK
    ADDED_SOURCE = "added source", VerbGroup.WORK
    ADDED_STRAND = "added strand", VerbGroup.WORK
    REMOVED_STRAND = "removed strand", VerbGroup.WORK
    RESTORED_STRAND = "restored strand", VerbGroup.WORK, "Put back strand"
    STARTED_GUIDE = "started interview guide", VerbGroup.WORK
    REMOVED_AMBITION = "removed ambition", VerbGroup.WORK
    RESTORED_AMBITION = "restored ambition", VerbGroup.WORK, "Put back ambition"
    REMOVED_WORKSHOP = "removed workshop", VerbGroup.WORK
    RESTORED_WORKSHOP = "restored workshop", VerbGroup.WORK, "Put back workshop"
    OPENED_SECOND_CODING = "opened second coding", VerbGroup.WORK
    CLOSED_SECOND_CODING = "closed second coding", VerbGroup.WORK
    CANCELLED_SECOND_CODING = "cancelled second coding", VerbGroup.WORK
    MADE_PRACTICE = "made practice evaluation", VerbGroup.WORK
    REPLACED_PRACTICE = "replaced practice evaluation", VerbGroup.WORK

    ROTATED_KEYS = "rotated keys", VerbGroup.RUNNING, "Encrypted again with the newest key"
    MADE_BACKUP = "made backup", VerbGroup.RUNNING
    RESTORED_BACKUP = "restored backup", VerbGroup.RUNNING
    MOVED_DATABASE = "moved database", VerbGroup.RUNNING


BY_VALUE = {verb.value: verb for verb in Verb}
# Before they stood in this list, these carried the number of a vote behind them.
ONCE_NUMBERED = (Verb.CLOSED_VOTE, Verb.SHOWED_TOTALS, Verb.HID_TOTALS)


class AppendOnly(Exception):
    """Something would have changed or deleted what is only ever added to."""

    def __init__(self):
        super().__init__("The record of access is added to, never changed.")


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that can be added and read, and nothing else."""

    def update(self, **_):
        """Refuse."""
        raise AppendOnly

    def delete(self):
        """Refuse."""
        raise AppendOnly

    def bulk_update(self, *_, **__):
        """Refuse."""
        raise AppendOnly


class AuditEvent(models.Model):
    """Who did what with access; added to, never changed, and free of confidential words.

    ``evaluation`` may be empty for what belongs to none; ``subject`` is a code such as ``participant P03``.
    Where an account or an evaluation is deleted, Django empties the key (by the base manager) and the rest
    stays.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["evaluation", "-at"], name="audit_by_evaluation")]

    def __str__(self):
        return f"{self.verb} {self.subject}".strip()

    def save(self, **options):
        """Add the event; raises AppendOnly for one that is there already."""
        if not self._state.adding:
            raise AppendOnly
        super().save(**options | {"force_insert": True})

    def delete(self, **_):
        """Refuse."""
        raise AppendOnly

    @property
    def words(self):
        """Return what was done as a page says it; of a verb that is no more, as it was stored."""
        return BY_VALUE[self.verb].words if self.verb in BY_VALUE else capitalised(self.verb)
