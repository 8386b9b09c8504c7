"""Counting, paging and searching findings gives what a plain look at every finding gives."""

from collections import Counter
from random import Random

import pytest
from django.core.paginator import Paginator

from evaluations import access
from evaluations.conditions import Condition, Kind
from evaluations.models import Finding, Quotation
from evaluations.queries.findings import Found, InModelOrder, count_frame, first_of_each_cell, matching
from evaluations.queries.quotations import reader_groups

from . import builders
from .base import as_member

WORDS = ("trust", "money", "parents", "rules")


@pytest.fixture
def scattered(cast):
    """Findings over three strands, drafts and removed ones among them, and quotations of all kinds."""
    random = Random(7)
    strands = [cast.evaluation.strand] + [builders.strand(cast.evaluation, position=n) for n in (2, 1)]
    people = [
        builders.participant(cast.evaluation, consent=consent) for consent in ("yes", "no", "ask_first")
    ]
    interviews = [builders.interview(cast.evaluation, participants=[person]) for person in people]
    answers = [builders.answer(interview) for interview in interviews]
    for number in range(90):
        row = builders.finding(
            random.choice(strands),
            kind=random.choice(list(Kind)),
            condition=random.choice(list(Condition)),
            text=f"{number} {random.choice(WORDS)}",
            status=random.choice(["ready", "ready", "draft"]),
            position=random.randint(0, 5),
            removed_at="2024-05-03T00:00Z" if random.random() < 0.1 else None,
        )
        who = random.randrange(3)
        builders.quotation(
            cast.evaluation,
            evidence_for=row,
            text=random.choice(WORDS),
            answer=answers[who],
            speaker=random.choice([None, people[who]]),
            approved_on=random.choice([None, "2024-05-03"]),
        )
    return cast


@pytest.fixture(params=["evelyn", "rowan"])
def member(scattered, request):
    """An evaluator, and a reviewer."""
    return as_member(getattr(scattered, request.param), scattered.evaluation)


def plain(member):
    """Return the findings that a member sees, by nothing but a look at each."""
    sees_all = member.role == "evaluator"
    rows = Finding.objects.select_related("strand").filter(evaluation=member.evaluation)
    return [row for row in rows if row.removed_at is None and (sees_all or row.status == "ready")]


def in_order(rows):
    """Return findings in the model's order, sorted here."""
    kinds, conditions = list(Kind), list(Condition)
    return sorted(
        rows,
        key=lambda row: (
            row.strand.position,
            row.strand_id,
            kinds.index(row.kind),
            conditions.index(row.condition),
            row.position,
            row.pk,
        ),
    )


def test_cells_are_counted_as_a_recount_counts_them(member):
    frame = count_frame(access.findings_for(member))
    counted = {tuple(row[:3]): row[3] for row in frame.itertuples(index=False)}
    assert counted == Counter((row.strand.slug, row.kind, row.condition) for row in plain(member))


@pytest.mark.parametrize("size", [1, 7, 50])
@pytest.mark.parametrize("listed", [InModelOrder, Found])
def test_pages_hold_every_finding_once_in_the_models_order(member, listed, size):
    pages = Paginator(listed(access.findings_for(member)), size)
    assert [row for page in pages for row in page] == in_order(plain(member))


def test_the_first_of_each_cell_are_those_that_come_first(member):
    groups = reader_groups(*access.speakers_for_readers(member))
    links, quotations = access.all_links_for(member), access.quotations_for(member)
    shown = first_of_each_cell(access.findings_for(member), links, quotations, groups, most=2)
    seen, expected = Counter(), []
    for row in in_order(plain(member)):
        cell = (row.strand_id, row.kind, row.condition)
        seen[cell] += 1
        if seen[cell] <= 2:
            expected.append(row.pk)
    assert [finding.id for finding in shown] == expected


@pytest.mark.parametrize("words", ["trust", "Trust money", "1 rules", "nothing"])
def test_words_are_found_in_findings_and_in_the_quotations_that_the_member_sees(member, words):
    visible = access.quotations_for(member)
    found = matching(access.findings_for(member), access.all_links_for(member), visible, words)
    texts = dict(Quotation.objects.filter(pk__in=visible.values("pk")).values_list("pk", "text"))

    def holds(row, word):
        said = [texts[quotation.pk] for quotation in row.quotations.all() if quotation.pk in texts]
        return any(word.lower() in text.lower() for text in (row.text, row.note, *said))

    expected = {row.pk for row in plain(member) if all(holds(row, word) for word in words.split())}
    assert {row.pk for row in found} == expected
