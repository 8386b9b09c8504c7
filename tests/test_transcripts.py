"""A transcript goes into the answers of one interview by its headings, and overwrites nothing."""

import zipfile
from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from evaluations.importing import transcript
from evaluations.importing.problems import Refused
from evaluations.importing.transcript import Piece, Question, read_transcript
from evaluations.models import Answer, CodingRound, HeldFile, InterviewCondition, Job

from . import builders
from .base import signed_in
from .pages import Page

HERE = "/e/practice/interviews/I01/transcript/"
QUESTIONS = [
    Question(1, "power", "activities", "Who decides?"),
    Question(2, "power", "gaps", "Who should decide?"),
    Question(3, "policies", "gaps", "Which rules are missing?"),
]
PLAIN = b"""Recorded at the library.

# Power dynamics
## Activities to date
The board decides.

It always did.
Who should decide?
Parents should.
# Weather
It rained.
2. Policy (& Governance)
There are none.
"""


def document(*blocks):
    """Return a Word document; each block is ``(style, words)``, or what adds itself to the document."""
    made = docx.Document()
    for block in blocks:
        if callable(block):
            block(made)
        else:
            made.add_paragraph(block[1], style=block[0])
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def test_headings_name_conditions_and_under_them_questions_and_areas():
    assert read_transcript(PLAIN, QUESTIONS) == [
        Piece("", "Recorded at the library."),
        Piece("Activities to date", "The board decides.\n\nIt always did.", "power:1"),
        Piece("Who should decide?", "Parents should.", "power:2"),
        Piece("Weather", "Weather\nIt rained."),
        Piece("Policy (& Governance)", "There are none.", "policies:"),
    ]


def test_a_word_document_is_read_with_its_headings_tables_and_insertions_and_without_what_was_deleted():
    def bold(made):
        made.add_paragraph().add_run("Who should decide?").bold = True

    def changed(made):
        paragraph = made.add_paragraph("Parents ")
        inserted = "<w:ins {0}><w:r><w:t>should.</w:t></w:r></w:ins>"
        deleted = "<w:del {0}><w:r><w:delText>never.</w:delText></w:r></w:del>"
        for change in (inserted, deleted):
            paragraph._p.append(parse_xml(change.format(nsdecls("w"))))

    def table(made):
        cells = made.add_table(1, 2).rows[0].cells
        cells[0].text, cells[1].text = "In a table:", "they do."

    content = document(
        ("Heading 1", "Power"),
        ("Heading 2", "Activities to date"),
        ("Normal", "The board."),
        bold,
        changed,
        table,
    )
    assert read_transcript(content, QUESTIONS) == [
        Piece("Activities to date", "The board.", "power:1"),
        Piece("Who should decide?", "Parents should.\nIn a table:\nthey do.", "power:2"),
    ]


def changed_part(name, before, after):
    """Return a Word document with words in one of its parts replaced."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(document(("Normal", "Said.")))) as made, zipfile.ZipFile(file, "w") as other:
        for part in made.namelist():
            content = made.read(part)
            other.writestr(part, content.replace(before, after, 1) if part == name else content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This file is empty"),
        (b"   ", "There are no words"),
        (b"MZ\x90\x00", "This is a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older or a password-protected"),
        (b"\x81\x8d\x8f", "letters in this file cannot be read"),
        (b"There is nothing of that sort \x00 here", "characters that cannot be saved"),
        (b"e" + "\u0301".encode() * 31, "characters that cannot be saved"),
        (b"# a\nb\n" * 201, "more than 200 headings"),
        (b"word " * 20_001, "more than 100,000 characters"),
        (document(("Normal", "Said."))[:-200], "damaged"),
        (changed_part("word/document.xml", b"<w:body>", b"<w:"), "damaged"),
        (changed_part("word/document.xml", b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>'), "definitions"),
        (changed_part("[Content_Types].xml", b"document.main", b"document.macroEnabled.main"), "macros"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_transcript_is_refused(content, says):
    with pytest.raises(Refused, match=says):
        read_transcript(content)


@pytest.fixture
def interview(cast):
    """An interview about power, with two questions of the guide."""
    for area, prompt in (("activities", "Who decides?"), ("gaps", "Who should decide?")):
        builders.question(cast.evaluation, condition="power", area=area, prompt=prompt)
    return builders.interview(
        cast.evaluation, code="I01", participants=[builders.participant(cast.evaluation)]
    )


def sent(client, content=PLAIN):
    """Send a transcript; return the address where its parts are placed, and what its form would send."""
    answer = client.post(HERE, {"file": SimpleUploadedFile("talk.txt", content)})
    assert answer.status_code == 302, Page(answer).summary
    return answer.url, Page(client.get(answer.url)).sends()


def test_a_transcript_is_placed_with_the_rest_by_hand_and_its_file_deleted(cast, interview):
    client = signed_in(cast.evelyn)
    places, form = sent(client)
    page = Page(client.post(places, form))
    assert [anchor for anchor, _ in page.summary] == ["id_place-0", "id_place-3"]
    assert not Answer.objects.exists()

    answer = client.post(places, form | {"place-0": "leave-out", "place-3": "mental_models:"})
    assert answer.status_code == 302
    found = {(row.condition, row.prompt): row.text for row in Answer.objects.all()}
    assert found == {
        ("power", "Who decides?"): "The board decides.\n\nIt always did.",
        ("power", "Who should decide?"): "Parents should.",
        ("mental_models", ""): "Weather\nIt rained.",
        ("policies", ""): "There are none.",
    }
    assert all(row.versions.get().by == cast.evelyn for row in Answer.objects.all())
    states = InterviewCondition.objects.values_list("condition", "state")
    assert dict(states) == dict.fromkeys(("power", "mental_models", "policies"), "asked")
    assert not HeldFile.objects.exists()
    assert client.get(places).status_code == 404
    assert Job.objects.get().state == "done"


def test_text_that_is_here_is_only_added_to_when_that_was_chosen(cast, interview):
    answer = builders.answer(interview, condition="policies", text="Some rules.")
    words = builders.quotation(
        cast.evaluation, answer=answer, text="rules", start=5, end=10, passage="in_place"
    )
    client = signed_in(cast.evelyn)
    places, form = sent(client, b"# Policies\nThere are none.\n")
    page = Page(client.post(places, form))
    assert "There is text here already" in page.message_at("id_place-0")
    answer.refresh_from_db()
    assert answer.text == "Some rules."

    client.post(places, form | {"append-0": "on"})
    answer.refresh_from_db()
    words.refresh_from_db()
    assert (answer.text, answer.version) == ("Some rules.\n\nThere are none.", 2)
    assert (words.start, words.end, words.passage) == (5, 10, "in_place")


def test_nothing_comes_into_an_interview_that_is_being_coded_blind(cast, interview):
    CodingRound.objects.create(evaluation=cast.evaluation, interview=interview, second=cast.evelyn)
    client = signed_in(cast.evelyn)
    places, form = sent(client, b"# Policies\nThere are none.\n")
    page = Page(client.post(places, form))
    assert page.summary
    assert not Answer.objects.exists()


def test_a_transcript_can_be_deleted_instead(cast, interview):
    client = signed_in(cast.evelyn)
    places, _ = sent(client)
    client.post(places, {"discard": "1"})
    assert not HeldFile.objects.exists()
    assert not Answer.objects.exists()


def test_a_refused_transcript_says_why_at_its_field(cast, interview):
    answer = signed_in(cast.evelyn).post(HERE, {"file": SimpleUploadedFile("talk.docx", b"MZ\x90")})
    assert "This is a program" in Page(answer).message_at("id_file")


def test_the_transcript_of_another_interview_is_not_found_here(cast, interview):
    builders.interview(cast.evaluation, code="I02")
    client = signed_in(cast.evelyn)
    places, _ = sent(client)
    assert client.get(places.replace("I01", "I02")).status_code == 404


# --- Files that would keep a process busy -----------------------------------------------------------------


def test_headings_are_counted_while_reading_which_stops_at_the_first_that_is_too_many():
    def endless():
        for _ in range(transcript.MOST_PIECES + 1):
            yield False, "Policies"
        pytest.fail("It was read on.")

    with pytest.raises(Refused, match="more than 200 headings"):
        transcript._pieces(endless(), ())


def test_lines_are_counted_while_reading_which_stops_at_the_first_that_is_too_many():
    def endless():
        for _ in range(transcript.MOST_LINES + 1):
            yield False, "So it goes."
        pytest.fail("It was read on.")

    with pytest.raises(Refused, match="more than 20,000 lines"):
        transcript._pieces(endless(), ())


def test_the_words_of_the_guide_are_prepared_once_whatever_the_number_of_lines(monkeypatch):
    prepared = []
    key = transcript.key
    monkeypatch.setattr(transcript, "key", lambda text: (prepared.append(text), key(text))[1])
    asked = [Question(number, "policies", "", f"What of {number}?") for number in range(50)]
    read_transcript(b"Said one thing.\n" * 100, asked)
    assert len(prepared) == 50 + 100


def test_a_text_of_millions_of_letters_is_refused_before_it_is_divided(monkeypatch):
    monkeypatch.setattr(transcript, "_clean", lambda text: pytest.fail("It was read."))
    with pytest.raises(Refused, match="more than 2,000,000 characters"):
        read_transcript(b"a b\n" * 500_001)


@pytest.mark.parametrize(("tag", "says"), [("p", "10,000 paragraphs"), ("tc", "20,000 cells of tables")])
def test_a_document_that_unpacks_to_too_many_things_is_refused_before_it_is_opened(monkeypatch, tag, says):
    monkeypatch.setattr(transcript.docx, "Document", lambda content: pytest.fail("It was opened."))
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", f"<w:document>{f'<w:{tag}/>' * 20_100}</w:document>")
    with pytest.raises(Refused, match=says):
        read_transcript(file.getvalue())
