"""Recording who did what with access. Never with confidential words."""

import re

from evaluations.models import Attribution, AuditEvent, Consent, Role, Verb

# Every word that a subject may be made of, beside codes, numbers and the rules of the road test: so nothing
# that somebody typed can get into the record, whoever writes the next action.
PLAIN_WORDS = """
    a acceptance acceptances access account achievement achievements agreement ambition ambitions and
    answer answers approval as attribution backup board calendar comment comparison consent contact
    contributor csv data database date docx draft drafts earlier errors evaluation evidence file files
    finding findings first for from guide html identities identity import interview interviews into
    invitation is json key keys last legacy link links made matrix may member members months names no
    not of on outcome owner owners participant participants passage passages pdf plan postgresql
    practice quotation quotations readable reading recommendation recommendations record report request
    restored role row rows session sessions sheet source sources sqlite strand strands summaries summary
    text texts that the to transcript update updates user version vote was with without workshop
    workshops xlsx zip
"""
WORDS = frozenset([*PLAIN_WORDS.split(), *Role.values, *Consent.values, *Attribution.values])
CODED = re.compile(r"[A-Z]+[0-9]+|[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}|[a-z_]+:[a-z_]+:[0-9]+")
LONGEST = AuditEvent._meta.get_field("subject").max_length


def record(*, by, verb, evaluation=None, subject="", using="default"):
    """Add an audit event and return it. ``verb`` is a ``Verb``; ``by`` is None for Waterline itself.

    ``subject`` is a code or a role, for example ``participant P03``. Raises ValueError for a verb that is not
    in the list, and for a subject with a word in it that is neither a code, a number nor one of ``WORDS``.
    """
    if len(subject) > LONGEST or not all(map(_is_plain, re.split(r",? ", subject) if subject else ())):
        raise ValueError("The subject of an event is made of codes, numbers and the words of the record.")
    events = AuditEvent.objects.using(using)  # a database that is being moved to has another name
    return events.create(evaluation=evaluation, user=by, verb=Verb(verb), subject=subject)


def record_export(*, by, evaluation, subject):
    """Record that somebody took a file away, and return the event; ``subject`` says which."""
    return record(by=by, verb=Verb.EXPORTED, evaluation=evaluation, subject=subject)


def record_participant_data(*, by, evaluation, subject):
    """Record that somebody took all that is held on a participant, and return the event."""
    return record(by=by, verb=Verb.TOOK_PARTICIPANT_DATA, evaluation=evaluation, subject=subject)


def _is_plain(word):
    return word in WORDS or CODED.fullmatch(word) is not None
