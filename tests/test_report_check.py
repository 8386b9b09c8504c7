"""The check before publishing: every name, contact, quotation and small number that may not reach readers."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations import access
from evaluations.actions.people import save_identity
from evaluations.actions.quotations import edit_quotation
from evaluations.models import Acceptance, AuditEvent, CodingRound, ParticipantIdentity, ReflectionQuotation
from evaluations.report.blocks import (
    Bullets,
    Document,
    Figure,
    Grid,
    GridCell,
    Heading,
    Item,
    Note,
    Paragraph,
    Quote,
    Run,
    Section,
    Table,
)
from evaluations.report.drawing import Drawing, Words
from evaluations.report.passages import change_texts, quotations_in, texts_of
from evaluations.report.people import Groups, People, Person, Rule
from evaluations.screens.publishing import read_publication
from evaluations.screens.report_check import Weight, check_note, read_check

from . import builders
from .base import as_member, signed_in
from .pages import Page, fill_in

CHECK = "/e/practice/report/check/"
DAY = date(2024, 6, 3)

# --- Finding people in a text -----------------------------------------------------------------------------

ADA = Person(1, "Dr Ada Quillfeather", "ada@example.org\n0115 915 5555\n12 Otter Lane, Nottingham")
PEOPLE = People(
    [
        ADA,
        Person(2, "Siobhán O’Brien"),
        Person(3, "Bo Li"),
        Person(4, "Grace"),
        Person(5, "Mary-Jane van der Smith", "07700 900 123 or +44 7700 900 456"),
        Person(6, "Søren Łódź"),
        Person(7, "Þóra Æsir-Weiß"),
        Person(8, "Emma Lord", "Twitter: @msmith"),
        Person(9, "Cllr Byron", "@bob\nOtter Cottage\nMobile: 07700 900 999"),
        Person(10, "Сергей Анищенко"),
    ]
)
FOUND = [
    ("Ada Quillfeather said", {(1, Rule.NAME)}),
    ("QUILLFEATHER, ADA", {(1, Rule.NAME)}),
    ("Ada M. Quillfeather’s work", {(1, Rule.NAME)}),
    ("as A\u0301da Qui\u0301llfeather put it", {(1, Rule.NAME)}),
    ("quillfeather’s work", {(1, Rule.PART)}),
    ("Adam said to the Quillfeathers", {(1, Rule.PART)}),
    ("Dr Who", set()),
    ("Siobhan O'Brien's", {(2, Rule.NAME)}),
    ("an OBrien", {(2, Rule.PART)}),
    ("O Brien", {(2, Rule.PART)}),
    ("Bo said", {(3, Rule.PART)}),
    ("bo said", set()),
    ("0115_915\u20115555", {(1, Rule.CONTACT)}),
    ("Li, Bo", {(3, Rule.NAME)}),
    ("by grace", {(4, Rule.PART)}),
    ("van der Valk", set()),
    ("write to ADA @ example . org.", {(1, Rule.CONTACT)}),
    ("ada (at) example (dot) org", {(1, Rule.CONTACT)}),
    ("nada@example.org", set()),
    ("call 01159155555 now", {(1, Rule.CONTACT)}),
    ("+44 (0)115-915 5555", {(1, Rule.CONTACT)}),
    ("07700900456", {(5, Rule.CONTACT)}),
    ("0770 0900 123", {(5, Rule.CONTACT)}),
    ("in 2023 and 2024, 1 200 000 of them", set()),
    ("at 12 otter lane, nottingham", {(1, Rule.CONTACT)}),
    ("Ada and Grace", {(1, Rule.PART), (4, Rule.PART)}),
    ("ADA QUILLFEATHER'S WORK", {(1, Rule.NAME)}),
    ("A\u200bda Quill\u00adfeather and \u2067Ada\u2069", {(1, Rule.NAME)}),
    ("ada@exam\u200bple.org", {(1, Rule.CONTACT)}),
    *((f"Siobhan O{sign}Brien", {(2, Rule.NAME)}) for sign in "ʼ‘´`"),
    ("44 7700 900123", {(5, Rule.CONTACT)}),
    ("0044 7700 900456", {(5, Rule.CONTACT)}),
    ("Soren Lodz", {(6, Rule.NAME)}),
    ("SØREN ŁÓDŹ", {(6, Rule.NAME)}),
    ("Thora Aesir-Weiss", {(7, Rule.NAME)}),
    ("Emma Lord’s", {(8, Rule.NAME)}),
    ("the Lord Mayor", {(8, Rule.PART)}),
    ("Cllr Byron", {(9, Rule.NAME)}),
    ("a councillor, the cllr", set()),
    ("write to @ Msmith", {(8, Rule.CONTACT)}),
    ("msmith on that site", {(8, Rule.CONTACT)}),
    ("@bob", {(9, Rule.CONTACT)}),
    ("bob and bobs, al@bob.org", set()),
    ("near Otter Cottage", {(9, Rule.PART)}),
    ("\u0410d\u0430 Quillf\u0435\u0430ther", {(1, Rule.NAME)}),  # Cyrillic letters among the Latin ones
    ("EMMA L\u039fRD", {(8, Rule.NAME)}),  # a Greek one
    ("\u0415mm\u0430 wrote", {(8, Rule.PART)}),
    ("СЕРГЕЙ анищенко", {(10, Rule.NAME)}),
    ("Анна и Георгий", set()),
    ("a cottage, an otter, a mobile", set()),
]


def test_a_long_run_of_spaces_is_passed_over_once():
    """From every space on the run would be looked through to its end otherwise, for minutes."""
    assert PEOPLE.find(f"ada{' ' * 100_000}quillfeather") == {(1, Rule.NAME)}
    assert PEOPLE.find(f"ada{' ' * 100_000}@example.org") == {(1, Rule.PART)}


@pytest.mark.parametrize(("text", "found"), FOUND)
def test_somebody_is_found_by_name_and_contact_however_written(text, found):
    assert PEOPLE.find(text) == found


def test_who_is_named_is_struck_out_and_a_word_that_only_looks_like_it_is_not():
    ada = People([ADA])
    assert (
        ada.strike("So Ada Quillfeather (ada@example.org) said. Ada left.", "[…]")
        == "So […] ([…]) said. […] left."
    )
    assert ada.strike("Ring 0115 9155555, at 12 Otter Lane,  Nottingham", "[…]") == "Ring […], at […]"
    assert ada.strike("A\u200bda Quill\u00adfeather’s: ring 44 115 9155555", "[…]") == "[…]: ring […]"
    assert ada.strike("The river Ada", "[…]") == "The river Ada"


GROUPS = Groups(
    [("Health", ["health"], 4), ("Parent", ["parent", "parents"], 4), ("A trust", ["Ptarmigan Trust"], None)],
    ["Parents’ Table", "Parents shaping services", "Parents", "Ptarmigan Trust"],
)
COUNTED = [
    ("Two people from health said so.", {"Health"}),
    ("Health: 3: 12", {"Health"}),
    ("Health: 5", set()),
    ("We met twelve parents. One said no.", set()),
    ("four mothers and parents", {"Parent"}),
    ("One of the many people who work for a large health body", set()),
    ("three of those whom we met in the long winter work at the Ptarmigan trust", {"A trust"}),
    ("The Ptarmigan Trust held thirty talks", set()),
    ("Hold one Parents’ Table in three in the evening", set()),
    ("Parents shaping services: 3", set()),
    ("Parents shaping services: two parents spoke", {"Parent"}),
    ("Parents: 3 of 8 achievements, 2 barriers", set()),
    ("Three of the parents named two barriers", {"Parent"}),
    ("Two of the parents whose findings", {"Parent"}),
]


@pytest.mark.parametrize(("text", "found"), COUNTED)
def test_a_small_number_of_a_group_is_found_in_a_sentence(text, found):
    assert set(GROUPS.find(text)) == found


# --- The texts of a document ------------------------------------------------------------------------------

QUOTE = Quote("said aloud", "a participant", 7)
CELL = GridCell(
    "power",
    "Power",
    (Item((Run("a fin", bold=True), Run("ding")), "finding:1", (QUOTE,)),),
    "signed",
    "summary:3",
    "",
)
DOCUMENT = Document(
    title="Title",
    evaluation="Evaluation",
    lines=("line",),
    notes=("noted",),
    foot="foot",
    day=DAY,
    sections=(
        Section(
            "method",
            "Method",
            (
                Heading("head"),
                Paragraph((Run("written"),)),
                Bullets((Item((Run("listed"),), "point:9"),)),
                Quote("typed"),
                Note("set apart"),
                Grid("Grid", "barrier", "Strand", "1 barrier", ((CELL,),)),
                Table("Table", "read out", ("a", "b"), (("c", "d"),)),
                Figure(Drawing(1, 1, (Words("drawn", 0, 0),)), "caption", "shows"),
            ),
        ),
    ),
)


def test_every_printed_text_is_found_with_its_place():
    texts = {text.text: text for text in texts_of(DOCUMENT)}
    assert set(texts) == {
        *("Title", "Evaluation", "line", "noted", "foot", "Method", "head", "written", "listed", "typed"),
        *("set apart", "Grid", "Strand", "1 barrier", "Power", "signed", "a finding", "said aloud"),
        *("a participant", "Table", "read out", "a", "b", "c: d", "drawn", "caption", "shows"),
    }
    assert (texts["Title"].section, texts["written"].about) == ("front", "section:method")
    assert (texts["a finding"].about, texts["a finding"].where) == ("finding:1", ("Method", "Grid", "Power"))
    assert (texts["signed"].about, texts["listed"].about) == ("summary:3", "point:9")
    assert (texts["said aloud"].about, texts["a participant"].quotation) == ("quotation:7", None)
    assert quotations_in(DOCUMENT) == {7}


def test_every_printed_text_can_be_changed_and_nothing_else_is():
    changed = change_texts(DOCUMENT, lambda text, *_: text.upper(), is_gone=lambda quote: False)
    before, after = texts_of(DOCUMENT), texts_of(changed)
    stays = {"said aloud", "a participant"}
    assert [text.text for text in after] == [t.text if t.text in stays else t.text.upper() for t in before]
    assert [text.about for text in after] == [text.about for text in before]
    same = change_texts(DOCUMENT, lambda text, *_: text, is_gone=lambda quote: False)
    assert same == DOCUMENT, "where nothing changed, bold words stay bold"


def test_what_is_gone_leaves_no_empty_place():
    gone = change_texts(
        DOCUMENT,
        lambda text, about, section: "" if text in ("listed", "typed") else text,
        is_gone=lambda quote: quote.quotation == 7,
    )
    blocks = gone.sections[0].blocks
    assert quotations_in(gone) == set()
    assert [type(block) for block in blocks[:4]] == [Heading, Paragraph, Bullets, Note]
    assert blocks[2].items == ()


# --- The check itself -------------------------------------------------------------------------------------


@pytest.fixture
def ada(cast):
    """P07, who was interviewed in I07."""
    row = builders.participant(cast.evaluation, code="P07")
    said = {"name": "Ada Quillfeather", "contact": "ada@example.org"}
    save_identity(participant=row, version=0, changes=said, by=cast.evelyn)
    row.talk = builders.interview(cast.evaluation, code="I07", participants=[row])
    return row


def checked(cast, name="evelyn"):
    member = as_member(getattr(cast, name), cast.evaluation)
    return read_check(member, read_publication(member, 1).values())


def entries(check, weight=None, *, part=None):
    """Return ``[(part, place, words)]`` of what a check found, of one weight and in one part if told."""
    return [
        (one.key, entry.place, entry.words)
        for one in check.parts
        for entry in one.entries
        if weight in (None, entry.weight) and part in (None, one.key)
    ]


def test_nothing_found_is_said_plainly(cast, evaluator):
    builders.finding(cast.evaluation.strand, text="Families were not asked.")
    page = Page(evaluator.get(CHECK))
    assert "Nothing stands in the way of publishing" in page.words
    assert not page.all(data_check=True)
    assert page.links("Go on to publishing") == ["/e/practice/report/publish/"]


def test_names_planted_in_an_answer_a_reflection_and_a_recommendation_are_all_caught(cast, ada, evaluator):
    row = cast.evaluation
    builders.answer(ada.talk, text="I told Ms Quillfeather, who is me.")
    theme = builders.reflection(row, theme="Trust")
    builders.point(theme, text="As Ada Quillfeather put it, trust is slow.")
    builders.recommendation(
        row.strand, ref="R1", title="Ask families", text="Write to ada @ example.org first."
    )
    builders.section(row, "introduction", text="Many thanks to **A**da Quill*feather*'s team.")
    builders.section(row, "method", text="A river called Ada.", heading="Ada Quillfeather’s method")

    check = checked(cast)

    blocking = entries(check, Weight.BLOCKS)
    assert ("names", "Reflections", "Tells the name of P07 in full.") in blocking
    assert ("names", "Recommendations", "Tells how to reach P07.") in blocking
    assert ("names", "Introduction", "Tells the name of P07 in full.") in blocking
    assert ("names", "Ada Quillfeather’s method", "Tells the name of P07 in full.") in blocking
    assert len(blocking) == 4
    assert [place for _, place, _ in entries(check, Weight.ASKS)] == ["Ada Quillfeather’s method"]
    assert ("names", "Interview I07") in [found[:2] for found in entries(check, Weight.TOLD)]
    assert check.open == 5
    page = Page(evaluator.get(CHECK))
    assert page.links("Open the reflection") == [reverse("reflection-detail", args=["practice", theme.pk])]
    assert page.links("Open R1") == ["/e/practice/recommendations/R1/edit/"]
    assert page.links("Open the section")[0] == "/e/practice/report/sections/introduction/"
    assert page.links("Open I07") == ["/e/practice/interviews/I07/"]


def test_who_somebody_is_stands_neither_on_the_page_nor_in_logs_or_the_record(cast, ada, evaluator, caplog):
    builders.section(
        cast.evaluation, text="Thanks to Ada Quillfeather, ada@example.org, and to the Ada choir."
    )
    builders.answer(ada.talk, text="I am Ada Quillfeather.")
    caplog.set_level("DEBUG")

    html = evaluator.get(CHECK).content.decode()
    asked = checked(cast)

    assert "P07" in html
    shown = f"{html} {caplog.text} {list(AuditEvent.objects.values_list('verb', 'subject'))} {asked}"
    assert [word for word in ("Quillfeather", "ada@", "Ada ") if word in shown] == []


def test_who_agreed_to_be_named_is_told_but_their_contact_is_not_let_through(cast, ada):
    ada.attribution = "named"
    ada.save()
    builders.section(cast.evaluation, text="Thanks to Ada Quillfeather.")
    check = checked(cast)
    assert (check.open, entries(check, Weight.TOLD)[0][2]) == (0, "Names P07, who agreed to be named.")
    builders.section(cast.evaluation, "objectives", text="Write to ada@example.org.")
    assert checked(cast).open == 1


def test_a_name_whose_key_is_lost_is_asked_about(cast, ada, settings):
    settings.IDENTITY_KEYS = ["3bMHr5EKl8dXyWGHAzIoYt8HNeZwqM5Qz6Uwzv4UAxw="]
    check = checked(cast)
    assert [words for *_, words in entries(check, Weight.ASKS)] == [
        "The name of P07 cannot be read, so it was not looked for: its key is missing."
    ]


# --- Accepted with a reason -------------------------------------------------------------------------------


def test_a_passage_stays_accepted_until_its_text_changes(cast, ada, evaluator):
    section = builders.section(cast.evaluation, text="The Ada choir sang.")
    asked = Page(evaluator.get(CHECK)).links("Leave it as it is")[0]

    refused = evaluator.post(
        asked, {"subject": asked.partition("subject=")[2].replace("%3A", ":"), "reason": ""}
    )
    assert [words for _, words in Page(refused).summary] == [
        "Why it can stay as it is: Say why it can stay as it is."
    ]
    answer = fill_in(evaluator, asked, {"reason": "Not this person: a choir."})
    assert answer.status_code == 302

    assert checked(cast).open == 0
    page = Page(evaluator.get(CHECK))
    assert "Not this person: a choir." in page.words
    row = Acceptance.objects.get()
    assert row.by == cast.evelyn
    assert sha256(b"The Ada choir sang.").hexdigest()[:8] not in row.subject, "nobody tries words on it"
    event = AuditEvent.objects.get(verb="accepted passage")
    assert event.subject == f"passage {row.pk}", "the record outlives a withdrawal"
    section.text = "The Ada choir sang loudly."
    section.save()
    assert checked(cast).open == 1


def test_an_acceptance_can_be_taken_back_and_is_about_one_person(cast, ada, evaluator):
    builders.section(cast.evaluation, text="The Ada choir sang.")
    fill_in(evaluator, Page(evaluator.get(CHECK)).links("Leave it as it is")[0], {"reason": "A choir"})
    other = builders.participant(cast.evaluation, code="P08")
    save_identity(
        participant=other, version=0, changes={"name": "Ada Ptarmigan", "contact": ""}, by=cast.evelyn
    )
    assert [words for *_, words in entries(checked(cast), Weight.ASKS) if "P08" in words]
    assert checked(cast).open == 1
    row = Acceptance.objects.get()

    evaluator.post(reverse("report-check-take-back", args=["practice", row.pk]), {"version": row.version})

    assert checked(cast).open == 2
    stale = evaluator.post(
        reverse("report-check-take-back", args=["practice", row.pk]), {"version": 1}, follow=True
    )
    assert "Somebody gave another reason" in Page(stale).notices[-1]


def test_two_who_accept_at_once_see_both_reasons(cast, ada, evaluator):
    builders.section(cast.evaluation, text="The Ada choir sang.")
    address = Page(evaluator.get(CHECK)).links("Leave it as it is")[0]
    sent = Page(evaluator.get(address)).sends() | {"reason": "Mine"}
    fill_in(evaluator, address, {"reason": "Theirs"})

    answer = evaluator.post(address, sent)

    assert answer.status_code == 409
    assert "Theirs" in Page(answer).words
    assert "Mine" in Page(answer).words


def test_what_the_check_no_longer_asks_about_cannot_be_accepted(cast, evaluator):
    answer = evaluator.get(f"{CHECK}accept/?subject=name:1:front:abc", follow=True)
    assert "no longer asks about this" in Page(answer).notices[0]
    sent = {"subject": "name:1:front:abc", "reason": "Another Ada"}
    answer = evaluator.post(f"{CHECK}accept/", sent, follow=True)
    assert "You wrote: “Another Ada”" in Page(answer).notices[0]
    assert not Acceptance.objects.exists()


def test_answers_are_read_for_the_page_alone(cast, ada, evaluator, monkeypatch):
    builders.answer(ada.talk, text="I am Ada Quillfeather.")
    builders.section(cast.evaluation, text="The Ada choir sang.")
    asked = Page(evaluator.get(CHECK)).links("Leave it as it is")[0]
    read = []
    answers = access.answers_for
    monkeypatch.setattr(access, "answers_for", lambda member: read.append(member) or answers(member))

    member = as_member(cast.evelyn, cast.evaluation)
    assert check_note(member, "By Ada Quillfeather") == ["Tells the name of P07 in full."]
    assert fill_in(evaluator, asked, {"reason": "A choir"}).status_code == 302
    evaluator.get("/e/practice/report/publish/")
    assert read == []
    assert ("names", "Interview I07") in [found[:2] for found in entries(checked(cast), Weight.TOLD)]
    assert read


# --- Quotations -------------------------------------------------------------------------------------------

SAID = "Nobody on the zebrafinch committee ever asked the families."


@pytest.fixture
def spoken(cast, ada):
    """A quotation of P07 behind a finding, not approved."""
    finding = builders.finding(cast.evaluation.strand, text="Families were not asked.")
    return builders.quotation(cast.evaluation, text=SAID, speaker=ada, evidence_for=finding)


def test_a_quotation_without_approval_is_left_out_and_told(cast, spoken):
    check = checked(cast)
    assert check.open == 0
    told = (f"Quotation {spoken.pk}, P07", "Left out of the report: nobody has approved it.")
    assert [found[1:] for found in entries(check, part="quotations")] == [told]
    spoken.approved_on = DAY
    spoken.save()
    assert entries(checked(cast), part="quotations") == []


def test_a_page_shows_the_first_hundred_of_each_list_and_counts_them_all(cast, ada, evaluator):
    finding = builders.finding(cast.evaluation.strand)
    for _ in range(101):
        builders.quotation(cast.evaluation, evidence_for=finding, speaker=ada)
    page = Page(evaluator.get(CHECK))
    assert "For you to know: 101 things that need nothing done" in page.words
    assert "The first 100 of 101 are shown." in page.words
    assert len(page.one("section", aria_labelledby="h-quotations").all(data_check="told")) == 100


def test_only_quotations_behind_what_the_report_says_are_told(cast, ada):
    row = cast.evaluation
    point = builders.point(builders.reflection(row))
    quoted = builders.quotation(row, text="It is slow", speaker=ada)
    ReflectionQuotation.objects.create(evaluation=row, point=point, quotation=quoted)
    recommended = builders.quotation(row, text="It is late", speaker=ada)
    builders.recommendation(row.strand).quotations.add(recommended, through_defaults={"evaluation": row})
    builders.quotation(row, text="Never used", speaker=ada)
    draft = builders.finding(row.strand, status="draft")
    builders.quotation(row, text="Of a draft", speaker=ada, evidence_for=draft)
    assert {place for _, place, _ in entries(checked(cast), part="quotations")} == {
        f"Quotation {quoted.pk}, P07",
        f"Quotation {recommended.pk}, P07",
    }


def test_words_of_a_quotation_that_may_not_reach_readers_block_wherever_they_were_copied(cast, spoken):
    builders.section(cast.evaluation, text="They told us: **nobody on the** zebrafinch committee ever asked.")
    builders.finding(cast.evaluation.strand, text=f"“{SAID}”")
    blocking = entries(checked(cast), Weight.BLOCKS, part="quotations")
    assert [place.partition(",")[0] for _, place, _ in blocking] == [
        *("Introduction", "Remaining to be done", "Summary for parents")
    ]
    assert {words for *_, words in blocking} == {"Holds words of a quotation of P07."}
    spoken.approved_on = DAY
    spoken.save()
    assert checked(cast).open == 0


def test_a_quotation_of_everyday_words_blocks_as_a_whole_and_one_of_few_words_is_asked_about(
    cast, ada, evaluator
):
    long = builders.quotation(cast.evaluation, text="I do not know what to say", speaker=ada)
    short = builders.quotation(cast.evaluation, text="It is late", speaker=ada)
    builders.section(cast.evaluation, text="Someone said: I do not know *what to* say, at all.")
    builders.section(cast.evaluation, "objectives", text="I do not know. It is later than we thought.")
    builders.section(cast.evaluation, "method", text="Many feel that it is late, and go.")
    found = entries(checked(cast), part="quotations")
    assert [words for *_, words in found] == [
        "Holds words of a quotation of P07.",
        "Holds the few words of a quotation of P07. Are they theirs?",
    ]
    fill_in(evaluator, Page(evaluator.get(CHECK)).links("Leave it as it is")[0], {"reason": "Chance"})
    assert checked(cast).open == 1
    builders.quotation(cast.evaluation, text=long.text, source=builders.source(cast.evaluation))
    assert checked(cast).open == 0
    assert f"quotation:{short.pk}:" in Acceptance.objects.get().subject


def test_earlier_words_of_a_quotation_block_while_it_may_not_reach_readers(cast, spoken):
    edit_quotation(
        quotation=spoken, version=spoken.version, changes={"text": "Nobody ever asked us."}, by=cast.evelyn
    )
    builders.section(cast.evaluation, text=f"They said: {SAID}")
    blocking = entries(checked(cast), Weight.BLOCKS, part="quotations")
    assert [words for *_, words in blocking] == ["Holds words of a quotation of P07."]


def test_words_that_somebody_else_lets_reach_readers_do_not_block(cast, spoken):
    builders.quotation(cast.evaluation, text=SAID, source=builders.source(cast.evaluation))
    builders.section(cast.evaluation, text=SAID)
    assert checked(cast).open == 0


def test_a_removed_quotation_blocks_as_well(cast, spoken):
    spoken.removed_at = timezone.now()
    spoken.save()
    builders.section(cast.evaluation, text=SAID)
    assert checked(cast).open == 1


# --- Small groups, strands, blind coding ------------------------------------------------------------------


def test_a_small_number_beside_an_organisation_is_asked_about_and_can_be_accepted(cast, evaluator):
    builders.participant(cast.evaluation, code="P01", organisation="Ptarmigan Trust")
    builders.section(cast.evaluation, text="Three people of the Ptarmigan Trust spoke.")
    assert [found[0] for found in entries(checked(cast), Weight.ASKS)] == ["groups"]
    page = Page(evaluator.get(CHECK))
    assert page.one(class_="check-said").words == "“Three people of the Ptarmigan Trust spoke.”"
    fill_in(
        evaluator,
        page.links("Leave it as it is")[0],
        {"reason": "They said it in public."},
    )
    assert checked(cast).open == 0


def test_what_is_masked_is_told(cast):
    row = cast.evaluation
    speaker = builders.participant(
        row, code="P01", organisation="Ptarmigan Trust", attribution="organisation"
    )
    finding = builders.finding(row.strand)
    said = builders.quotation(row, text="It was slow", speaker=speaker, approved_on=DAY, evidence_for=finding)
    builders.interview(row, participants=[speaker])
    check = checked(cast)
    assert check.open == 0
    assert [found[1] for found in entries(check)] == ["Breakdown by sector", f"Quotation {said.pk}, P01"]
    others = [
        builders.participant(row, code=f"P0{number}", organisation="Ptarmigan Trust")
        for number in range(2, 7)
    ]
    builders.interview(row, participants=others)
    assert entries(checked(cast)) == []


def test_a_strand_from_public_sources_has_to_say_from_which(cast, public):
    builders.section(cast.evaluation, text="About both.")
    report = cast.evaluation
    assert checked(cast).open == 0, "only strands from interviews are in the report"
    cast.evaluation.strand.provenance = "public_sources"
    cast.evaluation.strand.save()
    blocking = entries(checked(cast), Weight.BLOCKS)
    assert [found[1] for found in blocking] == ["Coproduction", "Public"]
    report.strand.provenance_note = "Board papers of 2019."
    report.strand.save()
    assert [found[1] for found in entries(checked(cast), Weight.BLOCKS)] == ["Public"]


def test_who_codes_an_interview_blind_cannot_publish(cast, ada, evaluator):
    CodingRound.objects.create(evaluation=cast.evaluation, interview=ada.talk, second=cast.evelyn)
    check = checked(cast)
    assert check.open == 1
    page = Page(evaluator.get(CHECK))
    assert "You are coding it blind" in page.one(data_check="blocks").words
    assert page.links("Go on coding it blind") == [f"/e/practice/interviews/{ada.talk.code}/second-coding/"]


def test_a_sentence_that_was_found_is_shown_unless_it_names_somebody(cast, ada):
    told = "Three parents met Quillfeather."
    builders.section(cast.evaluation, text=f"Two parents spoke to all of us. Nobody left.\n\n{told}")
    said = [entry.said for part in checked(cast).parts for entry in part.entries]
    assert "Two parents spoke to all of us." in said
    assert not [words for words in said if "Quillfeather" in words]


def test_a_thing_that_is_called_after_people_is_none_of_them(cast):
    cast.evaluation.glossary = {"PT": "Parents’ Table", "PC": "Parent champion"}
    cast.evaluation.save()
    builders.strand(cast.evaluation, name="Parents shaping services")
    told = "Hold one Parents’ Table in three. Parents shaping services: 3. Parents: 2 barriers."
    section = builders.section(cast.evaluation, text=told)
    assert entries(checked(cast), Weight.ASKS) == []
    section.text = f"{told} We met one parent champion."
    section.save()
    assert [found[0] for found in entries(checked(cast), Weight.ASKS)] == ["groups"]


def test_a_quotation_typed_by_hand_is_told(cast, evaluator):
    builders.section(cast.evaluation, text="Before.\n\n> Nobody said this")
    assert checked(cast).open == 0
    entry = Page(evaluator.get(CHECK)).one(data_check="told")
    assert "Typed by hand, linked to no quotation" in entry.words
    assert "“Nobody said this”" in entry.words


@pytest.mark.parametrize("name", ["rowan", "leigh"])
def test_readers_see_nothing_of_the_check(cast, ada, name):
    browser = signed_in(getattr(cast, name))
    assert [browser.get(f"{CHECK}{end}").status_code for end in ("", "accept/")] == [403, 403]


# --- It stays fast ----------------------------------------------------------------------------------------


def test_thousands_of_texts_are_looked_through_in_one_pass_each(cast, django_assert_max_num_queries):
    """The number of queries is fixed, and fifty people cost no more words than one does."""
    row = cast.evaluation
    for number in range(50):
        person = builders.participant(row, code=f"P{number + 100}")
        ParticipantIdentity.objects.create(
            evaluation=row,
            participant=person,
            name=f"Name{number} Surname{number}",
            contact=f"a{number}@b.org",
        )
    member = as_member(cast.evelyn, row)
    documents = list(read_publication(member, 1).values())
    words = "This is one of many sentences that say nothing of anybody in particular."
    section = Section("method", "Method", tuple(Paragraph((Run(f"{n} {words}"),)) for n in range(2000)))
    documents[0] = replace(documents[0], sections=(section,))
    with django_assert_max_num_queries(30):
        check = read_check(member, documents)
    assert check.open == 0
