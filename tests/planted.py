"""A participant's words planted into everything that can hold them, and the search for them afterwards.

The words are made up and stand nowhere else. Searching looks through capitals, accents and packing:
workbooks, documents and PDF files are opened, encrypted names and sessions are read.
"""

import io
import re
import unicodedata
import zipfile
from contextlib import suppress

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from pypdf import PdfReader

from evaluations.actions.copies import texts_of
from evaluations.exporting.pdf import PdfUnavailable
from evaluations.exporting.report import report_file
from evaluations.models import (
    Answer,
    AnswerVersion,
    CodingUnit,
    ConflictingEdit,
    DueDateChange,
    Evaluation,
    EvidenceFile,
    HeldFile,
    Job,
    Participant,
    ParticipantIdentity,
    Quotation,
    QuotationVersion,
    Recommendation,
    Report,
    ReportFile,
    ReportSection,
    SettlementVersion,
    Source,
    WorkshopRound,
    unseal,
)
from evaluations.report.blocks import as_data
from evaluations.screens.publishing import read_publication
from tests import builders
from tests.base import as_member

SAID = "Zqxalphą zqxbravo zqxcharlie zqxdelta"  # fits the shortest field that people type into
NAME, CONTACT = "Wvxadela Wvxquill", "wvxmail@example.org"
ORGANISATION = "Wvxford Trust"
MARKS = ("zqxalpha", "zqxbravo", "zqxcharlie", "zqxdelta", "wvxadela", "wvxquill", "wvxmail", "wvxford")
OTHERS = "We from the other side say that buses come late."
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
SEALED = re.compile(r"gAAAA[\w-]+=*")

# What is planted by hand, as ``texts_of`` does not strike copies out of it: the words themselves, what goes
# as a whole, and what is amended block by block.
BY_HAND = {
    *("Answer text", "AnswerVersion text", "Quotation text", "QuotationVersion text"),
    *("ParticipantIdentity name", "ParticipantIdentity contact", "Participant organisation"),
    *("HeldFile name", "HeldFile content", "Job order", "Job result", "Job step"),
    *("PublishedVersion documents", "PublishedVersion note", "PublishedVersion title"),
    *("ReportFile name", "ReportFile content", "EvidenceFile name", "EvidenceFile content"),
}
# Keys that the program writes: no page takes anything else there.
WRITTEN_BY_THE_PROGRAM = {"Acceptance subject"}


# --- Searching --------------------------------------------------------------------------------------------


def marks_in(value):
    """Return the planted words that a text, bytes or a file's content hold, whatever it is packed in."""
    text = unpacked(value) if isinstance(value, bytes | memoryview) else str(value)
    text += "".join(map(unseal, SEALED.findall(text)))
    plain = NOT_ASCII.sub(_plain, text).casefold()
    return {mark for mark in MARKS if mark in plain}


def _plain(found):
    letters = unicodedata.normalize("NFKD", found[0])
    return "".join(letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))


def unpacked(content):
    """Return the text of a file: of PDF files and archives what a reader sees, and their raw parts."""
    content = bytes(content)
    text = content.decode(errors="ignore")
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        text += "\n".join([str(reader.metadata), *(page.extract_text() for page in reader.pages)])
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            text += "\n".join(unpacked(archive.read(name)) for name in archive.namelist())
    if "\\u" in text:
        text += re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return text


def cells(tables=None):
    """Yield (table, column, value) for each value of every table, whatever the model; or of some tables."""
    with connection.cursor() as cursor:
        for table in tables or connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, column, value) for column, value in zip(columns, row, strict=True))


def columns_with_marks(tables=None):
    """Return each (table, column) in which a planted word stands, of the whole database or of some tables."""
    found = cells(tables)
    return {(table, column) for table, column, value in found if marks_in(_readable(table, column, value))}


def _readable(table, column, value):
    if table == "django_session" and column == "session_data":
        return SessionStore().decode(value)
    return value if isinstance(value, bytes | memoryview) else _unescaped(str(value))


def _unescaped(text):
    """Return a text with JSON's escapes read: SQLite keeps JSON as text."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)


# --- Planting ---------------------------------------------------------------------------------------------


def planted_texts(model):
    """Return the names of the fields of a model that are planted because copies are struck out of them."""
    return [name for name in texts_of(model) if f"{model.__name__} {name}" not in WRITTEN_BY_THE_PROGRAM]


def planted_columns():
    """Return ``{(table, column)}`` that have to hold planted words before a withdrawal."""
    return {
        (model._meta.db_table, field.column)
        for model in apps.get_app_config("evaluations").get_models()
        for field in model._meta.concrete_fields
        if f"{model.__name__} {field.name}" in BY_HAND or field.name in planted_texts(model)
    }


def plant(world, by, *, formats=("docx", "html", "pdf")):
    """Plant the words of the participant of ``world`` everywhere; return their ``Participant``.

    ``formats`` are those of the published version's files, where this machine can make them.
    """
    evaluation = world.evaluation
    person = Participant.objects.get(evaluation=evaluation, code=world.values["participants"])
    _add_rows(world, person, by)
    for model in apps.get_app_config("evaluations").get_models():
        key = "pk" if model is Evaluation else "evaluation"
        for name in planted_texts(model):
            for row in model._base_manager.filter(**{key: evaluation.pk}):
                text = _words_for(row, model._meta.get_field(name))
                with suppress(IntegrityError), transaction.atomic():  # some rows may not have that text
                    model._base_manager.filter(pk=row.pk).update(**{name: text})
    _plant_their_own(evaluation, person)
    _publish(world, by, formats)
    return person


def _words_for(row, field):
    """Return planted words in the shape that a field of a row has."""
    text = f"They say: {SAID}. {NAME}"
    if isinstance(field, models.JSONField):
        return _JSON[type(row).__name__, field.name](row, text)
    if isinstance(field, models.URLField):
        return f"https://example.org/{NAME}/{SAID}".replace(" ", "-")
    if field.max_length and len(text) > field.max_length - 10:
        text = SAID
    return f"{text} {row.pk}" if type(row) is Source and field.name == "title" else text


def _in_states(name):
    def planted(states, text):
        return {key: state and {**state, name: text} for key, state in states.items()}

    return planted


_JSON = {
    ("Evaluation", "headings"): lambda row, text: {"power": text},
    ("Evaluation", "glossary"): lambda row, text: {"ICB": text},
    ("Evaluation", "change_dimensions"): lambda row, text: [text],
    ("ConflictingEdit", "fields"): lambda row, text: {"text": text, "title": text},
    ("Report", "coreq"): lambda row, text: {"1": text},
    ("FindingChange", "before"): lambda row, text: _in_states("text")(row.before, text),
    ("FindingChange", "after"): lambda row, text: _in_states("text")(row.after, text),
    ("TrackerChange", "before"): lambda row, text: _in_states("status_reason")(row.before, text),
    ("TrackerChange", "after"): lambda row, text: _in_states("status_reason")(row.after, text),
}


def _add_rows(world, person, by):
    """Add a row of each kind that the world has none of."""
    evaluation, values = world.evaluation, world.values
    key = {"evaluation": evaluation}
    other = builders.participant(evaluation, code="P4190")
    for code, text in (("I4102", OTHERS), ("I4103", f"{OTHERS} {SAID}")):
        group = builders.interview(evaluation, code=code, setting="group", participants=[person, other])
        answer = builders.answer(group, text=text, version=2)
        AnswerVersion.objects.create(answer=answer, number=1, text=f"{OTHERS} {SAID}", **key)
    recommendation = Recommendation.objects.get(ref=values["recommendations"], **key)
    DueDateChange.objects.create(recommendation=recommendation, reason="Late", **key)
    unit = CodingUnit.objects.filter(**key).first()
    SettlementVersion.objects.create(unit=unit, number=1, settled="coded", note="So", **key)
    Report.objects.create(title="Our report", has_coreq=True, **key)
    records = {"finding": values["findings"], "reflection": values["reflections"]}
    records |= {"recommendation": recommendation.pk, "reportsection": 1}
    for name, number in records.items():
        about = {"record_type": name, "record_id": number, "based_on": 1, "by": by}
        ConflictingEdit.objects.create(fields={}, **about, **key)
    vote = WorkshopRound.objects.get(pk=values["votes"])
    finding = builders.finding(evaluation.strand)
    builders.weighing(vote, finding, note="Heard")
    builders.result(vote, finding)
    builders.section(evaluation, "acknowledgements", text="Thanks")
    builders.ambition(evaluation.strand, kind="system_change", dimension="Trust")


def _plant_their_own(evaluation, person):
    """Plant what is theirs alone, and what goes as a whole."""
    key = {"evaluation": evaluation}
    identity = {"name": NAME, "contact": CONTACT}
    ParticipantIdentity.objects.update_or_create(participant=person, defaults={**identity, **key})
    Participant.objects.filter(pk=person.pk).update(organisation=ORGANISATION, attribution="named")
    thanks = ReportSection.objects.filter(key="acknowledgements", **key)
    thanks.update(text=f"Thanks to Wvxford **Trust** and {NAME}")
    own = Answer.objects.filter(interview__participants=person).exclude(interview__setting="group")
    own.update(text=f"{SAID} and more.")
    AnswerVersion.objects.filter(answer__in=own).update(text=f"Earlier {SAID}")
    theirs = Quotation.objects.filter(models.Q(speaker=person) | models.Q(answer__in=own))
    theirs.update(text=SAID, approved_on=timezone.localdate())
    for quotation in theirs:
        QuotationVersion.objects.create(quotation=quotation, number=1, text=f"Once {SAID}", **key)
    HeldFile.objects.filter(**key).update(name="zqxbravo.csv", content=f"Finding\n{SAID}".encode())
    for job in Job.objects.filter(**key):
        job.order, job.result, job.step = {**job.order, "note": SAID}, {"message": SAID}, SAID
        job.save()
    EvidenceFile.objects.filter(**key).update(name="zqxbravo.txt", content=f"Minutes: {SAID}".encode())


def _publish(world, by, formats):
    """Publish the report with all of it, and make a file of the draft."""
    evaluation = world.evaluation
    documents = read_publication(as_member(by, evaluation), 77)
    version = builders.published_version(
        evaluation,
        number=77,
        title=f"What {NAME} began",
        note=f"New: {SAID}",
        documents={kind.value: as_data(document) for kind, document in documents.items()},
    )
    for format in formats:
        try:
            made = report_file(documents["report"], format, name=("zqxbravo",))
        except PdfUnavailable:
            continue
        builders.report_file(evaluation, made.content, version=version, format=format, name=made.name)
    draft = ReportFile.objects.filter(evaluation=evaluation, version=None)
    draft.update(content=made.content, name=made.name, format=format)
    world.values["published"] = version.number
