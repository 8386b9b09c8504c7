"""All that is held on one participant, for a person who asks what is held on them.

Every field of their rows is told, whichever there are, so that a new one cannot be forgotten. Of interviews
with others only what is theirs is in it. Who reads it codes none of their interviews blind.
"""

from collections import defaultdict
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.contrib.auth import get_user_model
from django.db.models import prefetch_related_objects
from django.utils import timezone

from evaluations import access
from evaluations.models import VerbGroup
from evaluations.queries.audit import narrowed, told
from evaluations.queries.history import name_of, set_aside_edits
from evaluations.queries.people import LOST, set_aside_sealed
from evaluations.queries.versions import standing_in

# Fields that say nothing of a person, or what stands there in other words: the ``prompt`` is the question as
# it was asked, an entry's name says which version it is.
UNTOLD = {
    "id",
    "evaluation",
    "version",
    "participant",
    "answer",
    "quotation",
    "unit",
    "round",
    "page",
    "step",
    "question",
    "number",
    "set_aside",
    "subject",
}
# As somebody reads them who knows no database.
LABELS = {
    "created_at": "Written down",
    "updated_at": "Last changed",
    "removed_at": "Removed",
    "at": "When",
    "prompt": "Question",
    "start": "Begins at letter",
    "end": "Ends at letter",
    "first": "Found by the first coder",
    "second": "Found by the second coder",
}
BY_HAND = (
    "Before you send it: read it from beginning to end. Take out what says something of another person, such "
    "as somebody whom they spoke about. Add by hand what the last part lists as not in this file."
)


@dataclass(frozen=True)
class Entry:
    """One row of what is held: what it is, and its facts as (label, value)."""

    name: str
    facts: tuple


@dataclass(frozen=True)
class Part:
    """One kind of what is held, with what there is to know about it."""

    title: str
    entries: tuple
    note: str = ""


@dataclass(frozen=True)
class ParticipantData:
    """All that is held on a participant on a day."""

    participant: object
    evaluation: object
    day: object
    parts: tuple


def read_participant_data(member, participant, going):
    """Return the ``ParticipantData``; ``going`` is what a withdrawal would take (``what_goes``)."""
    own, groups = ([said.interview for said in kind] for kind in (going.own, going.groups))
    quotations = list(going.quotations)
    prefetch_related_objects(quotations, "versions__by", "speaker", "strand", "coder", "approved_by")
    events = narrowed(access.audit_for(member), participant=participant).select_related("user")
    consent = narrowed(events, group=VerbGroup.CONSENT)
    parts = (
        Part("Who they are", tuple(_identity(member, participant))),
        Part("Consent and facts", tuple(_facts(member, participant))),
        Part("How consent changed", tuple(_events(consent))),
        Part("Interviews they took part in", tuple(_interviews(member, participant, own, groups))),
        Part("What they said, one-to-one", tuple(_answers(member, own))),
        Part("Their words as quotations", tuple(_quotations(member, quotations))),
        Part("How their interviews were coded twice", tuple(_coded_twice(member, own))),
        Part("Accepted before publishing", tuple(_accepted(member, participant)), "With their name in it."),
        Part("Where else their words or name stand", tuple(_elsewhere(member, going))),
        Part("Who saw or changed something", tuple(_events(events.exclude(pk__in=consent.values("pk"))))),
        Part("Not in this file", tuple(_not_here(groups))),
    )
    return ParticipantData(participant, member.evaluation, timezone.localdate(), parts)


def _identity(member, participant):
    try:
        row = access.identities_for(member).filter(participant=participant).first()
    except InvalidToken:
        yield Entry("Name and contact", (("Name and contact", LOST),))
        return
    if row:
        yield Entry("Name and contact", _all_of(row))
        yield from _set_aside(set_aside_sealed(access.set_aside_for(member, row)))


def _facts(member, participant):
    yield Entry(f"Participant {participant.code}", _all_of(participant))
    yield from _set_aside(set_aside_edits(participant, access.set_aside_for(member, participant)))


def _interviews(member, participant, own, groups):
    with_others = {row.pk: len(row.participants.all()) - 1 for row in groups}
    rows = access.interviews_for(member).filter(participants=participant)
    for row in rows.select_related("interviewer").prefetch_related("strands"):
        role = "Others spoke too" if row.pk in with_others else "Nobody else spoke"
        if with_others.get(row.pk):
            role += f": {with_others[row.pk]} more"
        strands = ", ".join(strand.name for strand in row.strands.all())
        yield Entry(f"Interview {row.code}", (*_all_of(row), ("Who spoke", role), ("Strands", strands)))


def _answers(member, own):
    rows = access.answers_for(member).filter(interview__in=own).defer(None)
    for row in rows.select_related("strand", "interview", "question").prefetch_related("versions__by"):
        name = f"Interview {row.interview.code}: {row.get_condition_display()}"
        yield Entry(name, _all_of(row))
        yield from _other_versions(name, row)


def _quotations(member, quotations):
    used = _uses(member, [row.pk for row in quotations])
    for row in quotations:
        name = f"Quotation {row.pk}"
        said_in = (("Interview", row.answer.interview.code),) if row.answer else ()
        yield Entry(name, (*_all_of(row), *said_in, *used[row.pk]))
        yield from _other_versions(name, row)


def _other_versions(name, row):
    """Yield the versions of a row that read otherwise than it does now."""
    for version in row.versions.all():
        if version.set_aside or version.text != row.text:
            yield Entry(f"{name}, {_version_of(version)}", _all_of(version))


def _uses(member, numbers):
    """Return ``{quotation: [(where it is used, in words)]}``."""
    found = defaultdict(list)
    for link in access.all_links_for(member).filter(quotation__in=numbers).select_related("finding"):
        status = link.finding.get_status_display().lower()
        found[link.quotation_id].append((f"In a finding ({status})", link.finding.text))
    named = (
        (access.recommendations_for(member), lambda row: (f"In recommendation {row.ref}", row.title)),
        (access.points_for(member), lambda row: ("In a point of a reflection", row.text)),
    )
    for rows, in_words in named:
        for row in rows.filter(quotations__in=numbers).distinct().prefetch_related("quotations"):
            for quotation in row.quotations.all():
                found[quotation.pk].append(in_words(row))
    for key, versions in standing_in(access.versions_for(member), numbers).items():
        found[key] += [("Published report", str(version).rstrip(",")) for version in versions]
    return found


def _coded_twice(member, own):
    units = access.coding_units_for(member).filter(round__interview__in=own)
    for unit in units.select_related("round__interview", "settled_by").prefetch_related("versions__by"):
        name = f"Interview {unit.round.interview.code}: {unit.get_condition_display()}"
        yield Entry(name, _all_of(unit))
        for version in unit.versions.all():
            yield Entry(f"{name}, {_version_of(version)}", _all_of(version))
    codes = access.blind_codes_for(member).filter(round__interview__in=own)
    for code in codes.select_related("round__interview"):
        yield Entry(f"Interview {code.round.interview.code}: passage coded again", _all_of(code))


def _accepted(member, participant):
    rows = access.passage_acceptances_for(member).filter(subject__startswith=f"name:{participant.pk}:")
    for row in rows.select_related("by"):
        yield Entry("A passage", _all_of(row))


def _elsewhere(member, going):
    for finding in going.copied:
        yield Entry("A finding", (("Text", finding.text),))
    facts = [
        ("Other texts with four or more of their words in a row, or their name", going.other_copies),
        ("Published versions of the report with their words", ", ".join(map(str, going.versions))),
        ("Files made of the report’s draft", going.drafts),
        ("Imported files that are kept, whoever they are about", going.files),
        (
            "Evidence files that may hold something of theirs",
            ", ".join(one.file.name for one in going.evidence),
        ),
    ]
    yield Entry("Counted", tuple((label, value) for label, value in facts if value))


def _events(events):
    for event in told(events):
        yield Entry(event.what, (("When", event.at), ("By", event.who), ("To what", event.about)))


def _not_here(groups):
    if groups:
        codes = ", ".join(row.code for row in groups)
        said = (
            f"The answers of {codes} hold what several people said, so they are not in this file. "
            "This person’s quotations from there are."
        )
        yield Entry("Interviews with others", (("What it is", said),))
    for name, said in (
        ("Backups", "Copies of the database hold the same for as long as they are kept."),
        ("Files", "Files that were taken away or printed; the record of access lists who took which."),
        ("Mail and paper", "Signed consent forms, recordings, mail: whatever is kept outside Waterline."),
        ("Imported files and evidence", "Files that somebody sent. They may say something of this person."),
        ("Workshops", "Nobody’s account or code is kept there, so nothing can be told to be theirs."),
        ("Browsers", "Text that an evaluator typed and that is not saved yet: at most seven days."),
    ):
        yield Entry(name, (("What it is", said),))


def _set_aside(edits):
    for edit in edits:
        yield Entry("Sent on top of a newer version, and kept", (("When", edit.at), *edit.fields))


def _version_of(row):
    return f"{'sent too late and set aside' if row.set_aside else 'as it once was'}, version {row.number}"


def _all_of(row):
    """Return every fact of a row that is not empty, as (label, value)."""
    found = []
    for field in row._meta.concrete_fields:
        if field.name in UNTOLD:
            continue
        value = getattr(row, f"get_{field.name}_display")() if field.choices else getattr(row, field.name)
        if field.is_relation and value is not None:
            value = name_of(value) if isinstance(value, get_user_model()) else str(value)
        if value not in (None, ""):
            label = LABELS.get(field.name, str(field.verbose_name))
            found.append((label[:1].upper() + label[1:], value))
    return tuple(found)
