"""Whatever somebody types or tampers with: a clear message at the field, a link to it, everything typed kept.

Every form is sent empty, over-long, with the wrong type, with another evaluation's rows and with values that
fit nowhere. ``tests/hostile`` sends everything else to every form, filter and address.
"""

import re
from dataclasses import dataclass, field
from datetime import date

import pytest

from evaluations.models import (
    ConflictingEdit,
    Finding,
    Interview,
    Owner,
    ProgressUpdate,
    Quotation,
    Recommendation,
    Strand,
)

from . import builders
from .assertions import marked, refused
from .base import person, signed_in
from .pages import Page

E = "/e/practice/"
SCRIPT = "<script>alert(1)</script>"
# What fits no field that asks for a choice, a number, a day, a code or an address.
NONSENSE = {
    "markup": f'"><img src=x>{SCRIPT}',
    "nul": "\x00",
    "huge number": "9" * 30,
    "too many digits to convert": "9" * 5000,
    "negative": "-1",
    "no such day": "31/02/2024",
}


@dataclass
class Form:
    """One form: who uses it, where it stands, where it is sent, and what of it may not stay empty."""

    role: str
    page: str
    valid: dict
    required: set
    action: str = ""
    foreign: dict = field(default_factory=dict)

    @property
    def address(self):
        """Where the form is sent."""
        return self.action or self.page


@pytest.fixture
def here(cast):
    """An evaluation with one of everything."""
    evaluation = cast.evaluation
    evaluation.finding = builders.finding(evaluation.strand, text="As it was")
    evaluation.speaker = builders.participant(evaluation, code="P01")
    evaluation.interview = builders.interview(evaluation, code="I01", participants=[evaluation.speaker])
    evaluation.answer = builders.answer(evaluation.interview)
    evaluation.quotation = builders.quotation(
        evaluation,
        evidence_for=evaluation.finding,
        speaker=builders.participant(evaluation, code="P02", consent="ask_first"),
    )
    evaluation.recommendation = builders.recommendation(evaluation.strand, ref="R1")
    builders.recommendation(evaluation.strand, ref="R2")
    builders.quotation(evaluation)
    return evaluation


@pytest.fixture
def elsewhere(cast):
    """Another evaluation, with a row of every kind that a form of the first must not take."""
    other = builders.evaluation()
    strand = builders.strand(other)
    speaker = builders.participant(other)
    return {
        "strand": strand.pk,
        "finding": builders.finding(strand).pk,
        "participant": speaker.pk,
        "source": builders.source(other).pk,
        "answer": builders.answer(builders.interview(other, participants=[speaker])).pk,
        "quotation": builders.quotation(other, speaker=speaker).pk,
        "recommendation": builders.recommendation(strand).pk,
        "owner": f"owner-{Owner.objects.create(evaluation=other, name='Elsewhere').pk}",
        "member": f"member-{cast.sam.pk}",
        "user": cast.sam.pk,
        "reviewer": cast.rowan.pk,
    }


def finding_fields(here):
    return {
        "kind": "achievement",
        "strand": here.strand.pk,
        "condition": "power",
        "text": "A finding",
        "lasting": "not_judged",
        "status": "draft",
    }


def finding_add(here):
    return Form(
        "evaluator",
        f"{E}findings/new/",
        finding_fields(here),
        {"id_kind_0", "id_strand", "id_condition_0", "id_text", "id_lasting", "id_status_0"},
        foreign={
            "strand": "strand",
            "source": "source",
            "quotation-speaker": "participant",
            "quotation-answer": "answer",
            "quotation-source": "source",
        },
    )


def finding_edit(here):
    form = finding_add(here)
    form.page = f"{E}findings/{here.finding.pk}/edit/"
    form.foreign = {"strand": "strand", "source": "source"}
    return form


def quotation_add(here):
    return Form(
        "evaluator",
        f"{E}findings/{here.finding.pk}/quotations/new/",
        {"text": "What was said"},
        {"id_text"},
        foreign={"speaker": "participant", "answer": "answer", "source": "source"},
    )


def quotation_edit(here):
    form = quotation_add(here)
    form.page = f"{E}quotations/{here.quotation.pk}/edit/"
    return form


def quotation_attach(here):
    return Form(
        "evaluator",
        f"{E}findings/{here.finding.pk}/quotations/new/",
        {"here-quotation": Quotation.objects.last().pk},
        {"id_here-quotation"},
        action=f"{E}findings/{here.finding.pk}/quotations/attach/",
        foreign={"here-quotation": "quotation"},
    )


def quotation_agreement(here):
    return Form(
        "evaluator",
        f"{E}quotations/{here.quotation.pk}/agreement/",
        {"agreed_on": "14 May 2024"},
        {"id_agreed_on"},
    )


def interview_add(here):
    return Form(
        "evaluator",
        f"{E}interviews/new/",
        {"code": "I09", "setting": "one_to_one", "status": "planned"},
        {"id_code", "id_setting", "id_status"},
        foreign={"interviewer": "user", "participants": "participant", "strands": "strand"},
    )


def interview_edit(here):
    form = interview_add(here)
    form.page = f"{E}interviews/I01/edit/"
    form.valid = form.valid | {"code": "I01"}
    form.foreign = {**form.foreign, "interviewer": "reviewer"}
    return form


def interview_answers(here):
    return Form("evaluator", f"{E}interviews/I01/?condition=power", {"state-power": "asked"}, set())


def interview_check(here):
    return Form("evaluator", f"{E}interviews/I01/check/", {"version": 1, "focus_condition": "power"}, set())


def participant_add(here):
    return Form(
        "evaluator",
        f"{E}participants/new/",
        {"code": "P09", "sector": "health", "consent": "yes", "attribution": "none"},
        {"id_code", "id_sector", "id_consent_0", "id_attribution_0"},
    )


def participant_edit(here):
    form = participant_add(here)
    form.page = f"{E}participants/P01/edit/"
    form.valid = form.valid | {"code": "P01"}
    return form


def recommendation_add(here):
    return Form(
        "evaluator",
        f"{E}recommendations/new/",
        {
            "ref": "R9",
            "strand": here.strand.pk,
            "title": "A title",
            "condition": "power",
            "source": "added",
        },
        {"id_ref", "id_strand", "id_title", "id_condition_0", "id_source_0"},
        foreign={"strand": "strand", "adds_to": "recommendation"},
    )


def recommendation_edit(here):
    form = recommendation_add(here)
    form.page = f"{E}recommendations/R1/edit/"
    form.valid = form.valid | {"ref": "R1"}
    return form


def respond(here):
    page = f"{E}recommendations/R1/"
    return Form("lead", page, {"response": "accepted"}, {"response-response_0"}, action=f"{page}respond/")


def track(here):
    page = f"{E}recommendations/R1/"
    return Form(
        "lead",
        page,
        {"status": "on_hold", "status_reason": "A budget", "owner": "new", "new_owner": "A team"},
        {"track-status"},
        action=f"{page}track/",
        foreign={"owner": "owner"},
    )


def track_member(here):
    form = track(here)
    form.foreign = {"owner": "member"}
    return form


def progress(here):
    page = f"{E}recommendations/R1/"
    return Form(
        "lead",
        page,
        {"date": "14 May 2024", "note": "What happened"},
        {"update-date", "update-note"},
        action=f"{page}updates/new/",
    )


def barrier(here):
    page = f"{E}recommendations/R1/"
    return Form(
        "lead",
        page,
        {"finding": here.finding.pk},
        {"barrier-finding"},
        action=f"{page}barriers/link/",
        foreign={"finding": "finding"},
    )


def strand_add(here):
    return Form(
        "evaluator",
        f"{E}set-up/strands/new/",
        {"name": "A strand", "provenance": "interviews"},
        {"id_name", "id_provenance_0"},
    )


def strand_edit(here):
    form = strand_add(here)
    form.page = f"{E}set-up/strands/coproduction/"
    return form


def evaluation_edit(here):
    return Form(
        "evaluator",
        f"{E}set-up/evaluation/",
        {"title": "A title", "programme": "A programme"},
        {"id_title", "id_programme", "id_identities_kept_months"},
    )


def invitation(here):
    return Form(
        "evaluator",
        f"{E}set-up/",
        {"role": "lead"},
        {"id_role_0"},
        action=f"{E}set-up/invitations/new/",
    )


FORMS = [
    finding_add,
    finding_edit,
    quotation_add,
    quotation_edit,
    quotation_attach,
    quotation_agreement,
    interview_add,
    interview_edit,
    interview_answers,
    interview_check,
    participant_add,
    participant_edit,
    recommendation_add,
    recommendation_edit,
    respond,
    track,
    progress,
    barrier,
    strand_add,
    strand_edit,
    evaluation_edit,
    invitation,
]
# One form of each kind: adding and editing are checked by the same code.
NOTHING_NEEDED = {interview_answers, interview_check}  # what is not sent stays as it is
KINDS = [make for make in FORMS if not make.__name__.endswith("_edit") or make is evaluation_edit]
FOREIGN = [
    finding_add,
    finding_edit,
    quotation_add,
    quotation_edit,
    quotation_attach,
    interview_add,
    interview_edit,
    recommendation_add,
    recommendation_edit,
    track,
    track_member,
    barrier,
]


@pytest.fixture
def form(request, here):
    """The form that a test names."""
    return request.param(here)


@pytest.fixture
def sender(form, cast):
    """Somebody who may use the form."""
    return signed_in({"evaluator": cast.evelyn, "lead": cast.leigh}[form.role])


def name(make):
    """Name a form in the list of tests."""
    return make.__name__


def elements(page, form):
    """Return the form's own fields on a page: ``{name: element}``, hidden ones apart."""
    (own,) = (
        found
        for found in page.one("main").all("form", method="post")
        if (found.get("action") or form.page) == form.address
    )
    fields = {}
    for element in own.all(name=True):
        if element.tag != "button" and element.get("type") != "hidden":
            fields.setdefault(element["name"], element)
    return fields


def is_text(element):
    """Say whether people write into a field, rather than choose."""
    return element.tag == "textarea" or (
        element.tag == "input" and element.get("type") not in ("radio", "checkbox", "file")
    )


def ends(words):
    """Return what a line of the summary may say after its label: ``Code: Choose`` may say ``Choose``."""
    return [words[place + 2 :] for place in range(len(words)) if words[place : place + 2] == ": "]


def faults(response, form, sent):
    """Return what is wrong with the answer to a form that was refused, in words."""
    page = Page(response)
    content = response.content.decode()
    found = [] if page.title.startswith("Error: ") else ["the tab does not say that something is wrong"]
    if not page.summary:
        found.append("no summary of errors")
    for target, words in page.summary:
        if target is None:
            continue
        if page.ids.count(target) != 1:
            found.append(f"“{words}” links to #{target}, which is there {page.ids.count(target)} times")
        elif page.with_id(target).get("type") == "hidden":
            found.append(f"“{words}” links to a field that nobody sees")
        elif not any(end in page.message_at(target) for end in ends(words)):
            found.append(f"beside #{target} stands “{page.message_at(target)}”, not “{words}”")
    twice = {id for id in page.ids if page.ids.count(id) > 1}
    if twice:
        found.append(f"there twice: {twice}")
    typed = page.sends(form.address)
    for key, element in elements(page, form).items():
        if is_text(element) and key in sent and typed[key] != str(sent[key]):
            found.append(f"{key}: “{str(sent[key])[:60]}” became “{typed[key][:60]}”")
    if SCRIPT in content or "<img src=x" in content:
        found.append("markup that was typed is markup on the page")
    return found


@pytest.mark.parametrize(
    "form", [make for make in FORMS if make not in NOTHING_NEEDED], indirect=True, ids=name
)
def test_an_empty_form_asks_for_what_it_needs(form, sender):
    opened = Page(sender.get(form.page))
    sent = {key: "" for key, element in elements(opened, form).items() if is_text(element)}
    sent |= {key: "" for key, element in elements(opened, form).items() if element.tag == "select"}

    response = sender.post(form.address, sent | {"csrfmiddlewaretoken": "x"})

    assert response.status_code == 200
    assert {target for target, _ in Page(response).summary} == form.required
    assert faults(response, form, sent) == []


@pytest.mark.parametrize("form", KINDS, indirect=True, ids=name)
def test_a_form_with_hostile_values_throughout_is_refused_with_everything_kept(form, sender):
    opened = elements(Page(sender.get(form.page)), form)
    for what, value in NONSENSE.items():
        sent = dict.fromkeys(opened, value)

        response = sender.post(form.address, sent)

        assert response.status_code in (200, 302, 409), f"{what}: {response.status_code}"
        if response.status_code == 200:
            assert faults(response, form, sent) == [], what


@pytest.mark.parametrize("form", KINDS, indirect=True, ids=name)
def test_text_that_is_too_long_is_refused_with_every_letter_kept(form, sender):
    opened = elements(Page(sender.get(form.page)), form)
    texts = {key: "a" * 100_001 for key, element in opened.items() if is_text(element)}
    sent = form.valid | texts

    response = sender.post(form.address, sent)

    if texts:
        assert response.status_code == 200
        # The six headings are one field: its summary names the condition and leads to the first box.
        ids = {re.sub(r"^(id_headings)_\d$", r"\1_0", opened[key]["id"]) for key in texts}
        assert {target for target, _ in Page(response).summary} >= ids
        assert faults(response, form, sent) == []


@pytest.mark.parametrize("form", FOREIGN, indirect=True, ids=name)
def test_another_evaluations_rows_are_no_choice(form, sender, elsewhere):
    opened = elements(Page(sender.get(form.page)), form)
    tables = (Finding, Quotation, Interview, Recommendation, ConflictingEdit)
    before = [list(table.objects.values()) for table in tables]

    for key, kind in form.foreign.items():
        sent = form.valid | {key: elsewhere[kind]}
        response = sender.post(form.address, sent)

        assert response.status_code == 200, key
        targets = [target for target, _ in Page(response).summary]
        group = opened[key].get("type") in ("radio", "checkbox")
        assert (opened[key]["id"].rsplit("_", 1)[0] + "_0" if group else opened[key]["id"]) in targets, key
        assert faults(response, form, sent) == [], key

    assert [list(table.objects.values()) for table in tables] == before


def test_a_choice_among_none_is_refused_with_a_link_that_leads_somewhere(cast, elsewhere):
    cast.evaluation.strand.delete()
    form = interview_add(cast.evaluation)
    sent = form.valid | {"participants": elsewhere["participant"], "strands": elsewhere["strand"]}

    response = signed_in(cast.evelyn).post(form.page, sent)

    assert len(Page(response).summary) == 2
    assert faults(response, form, sent) == []


def test_what_the_lead_may_not_see_or_what_is_no_barrier_cannot_be_linked(cast, here):
    form = barrier(here)
    other = builders.strand(here)
    wrong = [
        builders.finding(here.strand, status="draft"),
        builders.finding(here.strand, kind="achievement"),
        builders.finding(other),
    ]
    for row in wrong:
        response = signed_in(cast.leigh).post(form.action, {"finding": row.pk})
        assert faults(response, form, {}) == []
    assert not here.recommendation.barriers.exists()


def test_a_quotation_of_a_finding_elsewhere_can_be_neither_attached_nor_detached(cast, here, elsewhere):
    evaluator = signed_in(cast.evelyn)
    theirs, ours = elsewhere["quotation"], here.finding.pk

    assert evaluator.post(f"{E}findings/{ours}/quotations/{theirs}/detach/").status_code == 404
    address = f"{E}findings/{elsewhere['finding']}/quotations/attach/"
    assert evaluator.post(address, {"here-quotation": here.quotation.pk}).status_code == 404


# Buttons and addresses


def buttons(here):
    """Return the addresses at which a button is pressed, as (role, address)."""
    finding, quotation = here.finding.pk, here.quotation.pk
    return [
        ("evaluator", f"{E}findings/{finding}/mark/"),
        ("evaluator", f"{E}quotations/{quotation}/approve/"),
        ("evaluator", f"{E}quotations/{quotation}/stop-using/"),
        ("evaluator", f"{E}quotations/{quotation}/agreement/"),
        ("evaluator", f"{E}findings/{finding}/quotations/{quotation}/detach/"),
        ("lead", f"{E}recommendations/R1/barriers/{finding}/unlink/"),
    ]


@pytest.mark.parametrize("value", ["", "-1", "9" * 30, "\x00"])
def test_a_button_sent_with_a_version_that_was_never_shown_decides_nothing(cast, here, value):
    people = {"evaluator": cast.evelyn, "lead": cast.leigh}
    for role, address in buttons(here):
        sent = {"version": value, "status": value, "agreed_on": "14 May 2024", "keep": value}
        response = signed_in(people[role]).post(address, sent)
        assert response.status_code in (200, 302), address

    here.finding.refresh_from_db()
    here.quotation.refresh_from_db()
    assert here.finding.status == "ready"
    assert (here.quotation.approved_on, here.quotation.agreed_on) == (None, None)


@pytest.mark.parametrize("form", FORMS, indirect=True, ids=name)
def test_a_form_sent_without_any_field_is_no_error_of_the_server(form, sender):
    assert sender.post(form.address, {}).status_code in (200, 302)


def test_a_form_larger_than_the_server_takes_is_answered_plainly(cast, here):
    form = interview_answers(here)
    sent = form.valid | {"answer-power-free": "x" * (6 * 1024 * 1024)}

    response = signed_in(cast.evelyn).post(form.page, sent)

    assert response.status_code == 400
    assert "Waterline" in response.content.decode()


NOWHERE = [
    "findings/0/",
    f"findings/{'9' * 20}/",
    f"findings/{'9' * 5000}/",
    f"findings/{'9' * 20}/edit/",
    f"findings/1/quotations/{'9' * 20}/detach/",
    f"quotations/{'9' * 20}/edit/",
    f"quotations/{'9' * 20}/approve/",
    f"recommendations/R{'9' * 300}/",
    "recommendations/r1/",
    f"recommendations/R1/barriers/{'9' * 20}/unlink/",
    f"interviews/I{'9' * 300}/",
    "interviews/I01%00/",
    "matrix/%00/",
    "matrix/%3Cscript%3E/",
    "matrix/..%2f..%2f/",
    f"matrix/{'x' * 3000}/",
    f"set-up/members/{'9' * 20}/role/",
    f"set-up/members/{'9' * 20}/remove/",
    f"set-up/invitations/{'9' * 20}/revoke/",
    "set-up/strands/%E2%80%AE/",
]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_leads_nowhere_is_not_found(cast, here, method):
    evaluator = signed_in(cast.evelyn)
    for path in NOWHERE:
        response = getattr(evaluator, method)(E + path)
        assert response.status_code in (404, 405), path


@pytest.mark.parametrize("token", ["x", "9" * 5000, "%00", "%F0%9F%8C%8A", "..%2f", "a" * 43])
def test_an_invitation_that_nobody_made_is_over(cast, token):
    assert signed_in(cast.rowan).get(f"/invite/{token}/").status_code == 404


# Parameters in addresses

LISTS = ["findings/", "recommendations/", "interviews/", "participants/", "set-up/record/"]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("abc", 1),
        ("", 1),
        ("1.5", 1),
        ("\x00", 1),
        ("0", 2),
        ("-1", 2),
        ("99999999999999999999", 2),
        ("9" * 5000, 1),
    ],
)
def test_a_page_that_there_is_not_shows_one_that_there_is(cast, strand_of_60, page, shown):
    response = signed_in(cast.rowan).get(f"{E}findings/", {"page": page})

    assert f"Page {shown} of 2" in Page(response).words
    assert len(marked(response, "data-finding")) == {1: 50, 2: 10}[shown]


@pytest.fixture
def strand_of_60(cast):
    """The strand with 60 findings."""
    for _ in range(60):
        builders.finding(cast.evaluation.strand)
    return cast.evaluation.strand


@pytest.mark.parametrize("address", LISTS)
def test_an_empty_list_has_a_first_page_whatever_is_asked_for(cast, address):
    for page in ("abc", "-1", "99999999999999999999"):
        assert signed_in(cast.evelyn).get(E + address, {"page": page}).status_code == 200


@pytest.mark.parametrize("strands", [",,,", ",", "%2C%2C", "coproduction,", ",coproduction,,", "a" * 3000])
def test_a_choice_of_strands_that_names_fewer_than_two_asks_again(cast, strands):
    response = signed_in(cast.rowan).get(f"{E}compare/?strands={strands}")

    assert response.status_code == 200
    assert not marked(response, "data-value")


def test_days_at_the_edge_of_the_calendar_can_be_stored_and_shown(cast, here):
    lead = signed_in(cast.leigh)
    for day in ("01/01/1900", "31/12/2199"):
        form = track(here)
        sent = Page(lead.get(form.page)).sends(form.action) | {
            "due": day,
            "due_reason": "x",
            "past_due": "on",
        }
        assert lead.post(form.action, sent).status_code == 302
        for address in (E, f"{E}recommendations/", f"{E}recommendations/?due=overdue", form.page):
            assert lead.get(address).status_code == 200, (day, address)
    here.recommendation.refresh_from_db()
    assert here.recommendation.due == date(2199, 12, 31)


@pytest.mark.parametrize("day", ["01/01/0001", "31/12/1899", "1 January 2200", "31/12/9999"])
def test_a_year_that_nobody_plans_for_is_asked_about_again(cast, here, day):
    lead, form = signed_in(cast.leigh), track(here)
    sent = Page(lead.get(form.page)).sends(form.action) | {"due": day}

    page = refused(lead.post(form.action, sent), "track-due", "Choose a year from 1900 to 2199.")

    assert page.with_id("track-due")["value"] == day


def test_a_member_whose_name_is_hostile_is_shown_escaped(cast, here):
    hostile = person("hostile", first_name=SCRIPT, last_name="{{ 7|add:7 }}")
    builders.member(here, hostile, "reviewer")
    sender = signed_in(hostile)

    for address in (E, f"{E}findings/", f"{E}recommendations/"):
        assert SCRIPT not in sender.get(address).content.decode()
    assert SCRIPT not in signed_in(cast.evelyn).get(f"{E}set-up/").content.decode()
    assert SCRIPT not in signed_in(cast.leigh).get(f"{E}recommendations/R1/").content.decode()


def test_nothing_was_saved_by_what_was_refused(cast, here):
    """The tables that hostile forms are sent to hold what they held."""
    before = {table: table.objects.count() for table in (Finding, Strand, ProgressUpdate, Recommendation)}
    for make in (finding_add, strand_add, progress, recommendation_add):
        form = make(here)
        user = {"evaluator": cast.evelyn, "lead": cast.leigh}[form.role]
        for value in ("\x00", "", "a" * 100_001):
            signed_in(user).post(form.address, dict.fromkeys(form.valid, value) | {"x": "y"})
    assert {table: table.objects.count() for table in before} == before
