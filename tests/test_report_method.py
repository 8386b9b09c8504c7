"""What the report says of how the work was done: the drafted method, its sample, and the COREQ checklist."""

from datetime import date

from django.utils import timezone

from evaluations.models import CodingRound, CodingUnit, InterviewStrand
from evaluations.report.blocks import Table
from evaluations.report.coreq import ITEMS

from . import builders
from .report_content import blocks_in, choose, document_of, draft_of


def test_the_method_names_the_software_in_no_paragraph_of_its_own(cast, writer):
    software = "Findings were laid out with the software Waterline."
    for method, joined in (("We asked around.", " "), ("We did:\n\n- this", "\n\n")):
        cast.evaluation.method = method
        assert draft_of(writer, "method") == f"{method}{joined}{software}"


def test_the_method_says_what_interviews_are_recorded_as_held_and_no_other(cast, writer, strand, public):
    evaluation = cast.evaluation
    assert "interview" not in draft_of(writer, "method")
    builders.interview(evaluation, date=date(2024, 5, 31), mode="video")
    builders.interview(
        evaluation, date=date(2024, 6, 1), setting="group", mode="video", interviewer=cast.evelyn
    )
    builders.interview(evaluation, status="planned")
    builders.interview(evaluation, emptied_on=date(2024, 7, 1), date=date(2024, 7, 1))
    elsewhere = builders.interview(evaluation, date=date(2023, 1, 1))
    InterviewStrand.objects.create(evaluation=evaluation, interview=elsewhere, strand=public)
    builders.question(evaluation)
    builders.question(evaluation, condition="policies", removed_at=timezone.now())
    draft = draft_of(writer, "method")
    held = "2 interviews were held, May 2024 to June 2024: 1 one-to-one and 1 with a group; 2 by video."
    assert held in draft
    assert "The interview guide has 1 question: 1 on power dynamics." in draft


def test_the_method_says_who_coded_and_how_far_two_agreed(cast, writer, strand):
    evaluation = cast.evaluation
    assert draft_of(writer, "method") == "Findings were laid out with the software Waterline."
    row = builders.interview(evaluation)
    answer = builders.answer(row)
    builders.passage(answer, 0, 4, coder=cast.evelyn)
    round = CodingRound.objects.create(
        evaluation=evaluation, interview=row, second=cast.leigh, closed_at=timezone.now()
    )
    for kind, second in (("barrier", True), ("achievement", False), ("suggestion", False), (None, None)):
        if kind:
            CodingUnit.objects.create(
                evaluation=evaluation,
                round=round,
                answer=answer,
                condition="policies",
                kind=kind,
                first=kind != "suggestion",
                second=second,
            )
    draft = draft_of(writer, "method")
    assert "What was said was coded by 2 evaluators. 1 interview was coded again" in draft
    assert "The two coders agreed on 67% of 3 units." in draft
    assert draft.endswith("they agreed on 1. Findings were coded and laid out with the software Waterline.")


def test_the_sample_is_of_those_interviewed_who_have_not_withdrawn_and_masks_small_groups(
    cast, writer, settings
):
    settings.SMALLEST_GROUP = 3
    for sector in ("health",) * 6 + ("parent",) * 4 + ("university",) * 2:
        interviewed(cast.evaluation, sector=sector)
    interviewed(cast.evaluation, sector="voluntary", withdrawn_on=date(2024, 1, 1))
    builders.participant(cast.evaluation, sector="voluntary")
    draft = draft_of(writer, "method")
    assert "12 participants were interviewed: 6 from health; 6 from parents and universities." in draft
    assert "2 from" not in draft


def test_of_too_few_people_not_even_the_sectors_are_told(cast, writer):
    interviewed(cast.evaluation, sector="university")
    assert "1 participant was interviewed.\n" in draft_of(writer, "method")


def interviewed(evaluation, **fields):
    """Return a participant who took part in an interview that was held."""
    person = builders.participant(evaluation, **fields)
    builders.interview(evaluation, participants=[person])
    return person


def test_coreq_is_an_option_and_says_what_is_known_then_what_was_written(cast, writer):
    assert blocks_in(document_of(writer), "method", Table) == []
    interviewed(cast.evaluation)
    choose(cast.evaluation, has_coreq=True, coreq={"2": "Both hold degrees.", "12": "One refused.", "13": ""})
    [table] = blocks_in(document_of(writer), "method", Table)
    said = {int(row[0].split(".")[0]): row[2] for row in table.rows}
    assert list(said) == list(range(1, 33)) == [item.number for item in ITEMS]
    assert said[2] == "Both hold degrees."
    assert said[12] == "1 participant. One refused."
    assert said[13] == "Not recorded"
    assert said[27] == "Findings were laid out with the software Waterline."
    assert said[29].startswith("A quotation from an interview is shown where those who spoke allow it")
    assert said[29].endswith("one that was published before is shown with its publication.")
