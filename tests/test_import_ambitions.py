"""Bringing ambitions in from a sheet: what each cell may say, what is known, what is wrong and where."""

from io import BytesIO

import pytest
from django.conf import settings
from openpyxl import load_workbook

from evaluations.actions.imports import ImportRefused, carry_out_import, check_import
from evaluations.importing.columns import SheetKind
from evaluations.importing.naming import conditions_in
from evaluations.importing.rows import parse
from evaluations.importing.template import template
from evaluations.models import Ambition, AmbitionCondition, AuditEvent

from . import builders, tables
from .base import signed_in
from .pages import Page

AMBITIONS = SheetKind.AMBITIONS
HEADING = "Resource (people, £, knowledge)"


def ambition(text="Parents sit on every board", **values):
    """Return a row of the Ambitions sheet."""
    start = {"Strand": "Coproduction", "Kind": "Outcome", "Ambition": text, "Conditions": "Power dynamics"}
    return start | values


def said_of(cast, *rows):
    """Return every problem of rows as text, those of single cells and those with what is here."""
    found, problems = parse(tables.workbook({AMBITIONS: list(rows)}))
    plan = check_import(evaluation=cast.evaluation, rows=found, by=cast.evelyn)
    return [str(problem) for problem in [*problems, *plan.problems]]


def bring_in(cast, *rows):
    """Import rows as Evelyn and return the plan; fails on a problem of parsing."""
    found, problems = parse(tables.workbook({AMBITIONS: list(rows)}))
    assert not problems
    return carry_out_import(evaluation=cast.evaluation, rows=found, by=cast.evelyn)


def held():
    """Return every ambition with its conditions, in the order of the plan."""
    return [
        (row.text, row.kind, row.dimension, sorted(row.conditions.values_list("condition", flat=True)))
        for row in Ambition.objects.all()
    ]


@pytest.mark.parametrize(
    ("cell", "found", "unknown"),
    [
        ("Power dynamics, mental_models", ["power", "mental_models"], []),
        ("Mental models; policy & governance\nPower", ["policies", "power", "mental_models"], []),
        ("Relationships & connections, Power; power", ["relationships", "power"], []),
        (f"Practices, {HEADING}", ["practices", "resources"], []),
        (f"{HEADING.lower()}; practice", ["practices", "resources"], []),
        ("Power, weather, Practices", ["practices", "power"], ["weather"]),
        (" , ; ", [], []),
    ],
)
def test_conditions_stand_in_one_cell_by_label_code_or_the_evaluations_own_heading(cell, found, unknown):
    assert conditions_in(cell, {"resources": HEADING}) == (found, unknown)


def test_ambitions_come_in_with_their_conditions_after_those_that_are_here(cast):
    cast.evaluation.headings = {"resources": HEADING}
    cast.evaluation.change_dimensions = ["Ways of working", "Culture"]
    cast.evaluation.save()
    builders.ambition(cast.evaluation.strand, text="Was here", position=4)
    plan = bring_in(
        cast,
        ambition("First", Conditions=f"{HEADING}, Power"),
        ambition("Second", Kind="systems change", Dimension="ways of  Working"),
        ambition("Third", Kind="asset", Strand="coproduction"),
    )
    assert dict(plan.made) == {"ambitions": 3}
    assert held() == [
        ("Was here", "outcome", "", ["policies"]),
        ("First", "outcome", "", ["power", "resources"]),
        ("Second", "system_change", "Ways of working", ["power"]),
        ("Third", "asset", "", ["power"]),
    ]
    assert list(Ambition.objects.values_list("position", flat=True)) == [4, 5, 6, 7]
    assert AuditEvent.objects.get(verb="imported").subject == "3 ambitions"


def test_an_ambition_of_the_same_strand_and_words_is_here_already_also_one_that_was_removed(cast):
    builders.strand(cast.evaluation, slug="fathers", name="Fathers")
    builders.ambition(cast.evaluation.strand, text="Parents sit on every board", kind="asset")
    builders.ambition(cast.evaluation.strand, text="It was taken out", removed_at="2024-06-01T00:00Z")
    plan = bring_in(
        cast,
        ambition("parents sit on  every board"),
        ambition("It was taken out"),
        ambition(Strand="Fathers"),
        ambition(Strand="Fathers"),
    )
    assert (plan.new[AMBITIONS], plan.already[AMBITIONS]) == (1, 3)
    assert [row[:2] for row in held()] == [
        ("Parents sit on every board", "asset"),
        ("It was taken out", "outcome"),
        ("Parents sit on every board", "outcome"),
    ]
    assert bring_in(cast, ambition(Strand="Fathers")).made == {}


@pytest.mark.parametrize(
    ("values", "place", "says"),
    [
        ({"Strand": "Plumbing"}, "A (Strand)", "There is no strand “Plumbing” in this evaluation."),
        ({"Strand": "Gone"}, "A (Strand)", "There is no strand “Gone” in this evaluation."),
        ({"Kind": "Wish"}, "B (Kind)", "“Wish” is not one of: Outcome, Asset, System change."),
        (
            {"Kind": "System change", "Dimension": "Weather"},
            "C (Dimension)",
            "“Weather” is no dimension of this evaluation. Set-up lists: Culture.",
        ),
        ({"Dimension": "Culture"}, "C (Dimension)", "Only a system change has a dimension."),
        ({"Ambition": " "}, "D (Ambition)", "This is empty and is needed."),
        ({"Conditions": None}, "E (Conditions)", "This is empty and is needed."),
        ({"Conditions": "Power, weather"}, "E (Conditions)", "“weather” is not one of: Policies, Practices"),
        ({"Conditions": ",;"}, "E (Conditions)", "“,;” is not one of: Policies, Practices"),
    ],
)
def test_an_error_names_its_sheet_row_and_column_and_nothing_comes_in(cast, values, place, says):
    cast.evaluation.change_dimensions = ["Culture"]
    cast.evaluation.save()
    builders.strand(cast.evaluation, name="Gone", removed_at="2024-06-01T00:00Z")
    rows = [ambition("A good one"), ambition(**values)]
    (problem,) = said_of(cast, *rows)
    assert problem.startswith(f"Ambitions, row 3, column {place}: {says}")
    found, _ = parse(tables.workbook({AMBITIONS: rows}))
    if all(row.is_whole for row in found):
        with pytest.raises(ImportRefused):
            carry_out_import(evaluation=cast.evaluation, rows=found, by=cast.evelyn)
    assert not Ambition.objects.exists() and not AmbitionCondition.objects.exists()


@pytest.mark.parametrize(
    ("values", "heading"),
    [({"Kind": "Asset"}, "B (Kind)"), ({"Conditions": "Power, Policies"}, "E (Conditions)")],
)
def test_two_rows_of_one_file_may_not_differ_on_the_same_ambition(cast, values, heading):
    assert said_of(cast, ambition(), ambition(**values)) == [
        f"Ambitions, row 3, column {heading}: An earlier row of this file says something else of the same "
        "ambition."
    ]


def test_where_no_dimension_is_listed_the_error_says_where_to_add_one(cast):
    (said,) = said_of(cast, ambition(Kind="System change", Dimension="Culture"))
    assert said.endswith(
        "“Culture” is no dimension of this evaluation. Set-up lists none yet: add it there first."
    )


def test_the_workbook_to_fill_in_has_a_sheet_of_ambitions_that_comes_back_as_one(cast):
    book = load_workbook(BytesIO(template("waterline-import.xlsx")))
    sheet = book["Ambitions"]
    sheet.append(["Coproduction", "Outcome", None, "Parents sit on every board", "Power dynamics"])
    file = BytesIO()
    book.save(file)
    rows, problems = parse(file.getvalue())
    assert ([row.kind for row in rows], problems) == ([AMBITIONS], [])
    assert (
        template("ambitions.csv").decode("utf-8-sig").strip() == "Strand,Kind,Dimension,Ambition,Conditions"
    )
    page = Page(signed_in(cast.evelyn).get("/e/practice/import/"))
    assert page.links("Ambitions (.csv)") == ["/e/practice/import/templates/ambitions.csv"]


def test_the_made_up_ambitions_come_in_and_each_says_that_it_is_made_up(cast):
    rows, problems = parse((settings.BASE_DIR / "fixtures" / "made_up_ambitions.csv").read_bytes())
    assert not problems and {row.kind for row in rows} == {AMBITIONS}
    plan = carry_out_import(evaluation=cast.evaluation, rows=rows, by=cast.evelyn)
    assert dict(plan.made) == {"ambitions": 3}
    assert all("(Made up)" in text for text, *_ in held())
