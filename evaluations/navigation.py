"""The menu of an evaluation, and what each role does next."""

from dataclasses import dataclass

from django.utils.dateformat import format as format_date

from evaluations.access import Ability, can


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu; ``prefixes`` are the beginnings of the route names it stands for."""

    label: str
    route: str
    prefixes: tuple
    ability: Ability = Ability.SEE_SHARED


MENU = (
    MenuItem("Overview", "evaluation-overview", ("evaluation-overview", "evaluation-about")),
    MenuItem(
        "Interviews",
        "interview-list",
        ("interview-", "participant-", "import-", "job-", "consent-", "second-coding-", "agreement-"),
        Ability.SEE_CONFIDENTIAL,
    ),
    MenuItem("Findings", "finding-list", ("finding-", "quotation-", "comment-", "share-", "reflection-")),
    MenuItem("Matrix", "matrix-home", ("matrix-", "board-detail", "board-undo", "summary-", "lasting-")),
    MenuItem("Compare", "comparison-detail", ("comparison-", "outcome-")),
    MenuItem("Legacy plan", "legacy-plan", ("legacy-", "ambition-", "gap-")),
    MenuItem(
        "Recommendations",
        "recommendation-list",
        ("recommendation-", "bulk-", "coverage-", "board-report", "owner-", "calendar-"),
    ),
    MenuItem("Workshops", "workshop-list", ("workshop-", "vote-")),
    MenuItem("Report", "report-detail", ("report-", "section-", "contributor-", "version-")),
    MenuItem(
        "Set-up",
        "setup-detail",
        ("setup-", "strand-", "guide-", "member-", "audit-", "evaluation-explainer"),
        Ability.SET_UP,
    ),
)


def menu(member, route):
    """Return ``[(item, is current)]`` for what the member may open; ``route`` is the current route's name."""
    return [(item, (route or "").startswith(item.prefixes)) for item in MENU if can(member, item.ability)]


@dataclass(frozen=True)
class Step:
    """Something to do next: a sentence and where it is done."""

    text: str
    route: str
    query: str = ""


def next_steps(member, state):
    """Return what the member does next, as ``Step`` objects. ``state`` is a ``queries.overview.State``."""
    asked = _for_those_asked(state)
    if can(member, Ability.SEE_CONFIDENTIAL):
        return asked + _for_evaluators(state)
    if can(member, Ability.TRACK_RECOMMENDATIONS):
        return asked + _report_to_read(state) + _for_leads(state)
    return asked + _report_to_read(state) + _for_reviewers(state)


@dataclass(frozen=True)
class Preparation:
    """Something to set up: a sentence, where it is done, and whether it is."""

    text: str
    route: str
    is_done: bool


def preparations(evaluation, *, strands, questions, participants, members):
    """Return what there is to set up in an evaluation, as ``Preparation`` objects; the others are numbers."""
    return [
        Preparation("Give the programme’s end date", "setup-edit", evaluation.programme_ends is not None),
        Preparation("Name the strands of the plan under study", "strand-add", strands > 0),
        Preparation("Write the interview guide", "guide-detail", questions > 0),
        Preparation("Add the participants, with their consent", "participant-list", participants > 0),
        Preparation("Invite reviewers and the project lead", "setup-detail", members > 1),
    ]


def _for_those_asked(state):
    if not state.to_comment:
        return []
    verb = "is" if state.to_comment == 1 else "are"
    return [Step(f"{_count(state.to_comment, 'draft')} {verb} shared with you for comment.", "comment-list")]


def _for_evaluators(state):
    steps = [*_to_withdraw_again(state), *_names_to_go(state)]
    if state.to_answer:
        steps.append(Step(f"{_count(state.to_answer, 'comment')} to answer.", "comment-list"))
    if not state.strands:
        steps.append(Step("Name the strands of the plan under study.", "setup-detail"))
    if state.drafts:
        text = f"Check {_count(state.drafts, 'draft finding')} and mark what is ready to share."
        steps.append(Step(text, "finding-list", "?status=draft"))
    if state.waiting_quotations:
        text = f"{_count(state.waiting_quotations, 'quotation')} not seen by readers: look at consent."
        steps.append(Step(text, "consent-queue"))
    if not state.interviews:
        steps.append(Step("Add the first interview.", "interview-add"))
    steps += _first_ambition(state)
    if state.ready and not state.published_on:
        text = "Read the report as it is drafted from what is ready to share, and write what is missing."
        steps.append(Step(text, "report-detail"))
    return [*steps, Step("Add a finding.", "finding-add")]


def _to_withdraw_again(state):
    if not state.to_withdraw_again:
        return []
    codes = ", ".join(state.to_withdraw_again)
    text = f"Withdraw again: {codes}. An older backup was restored, and what they said is back."
    return [Step(text, "participant-list")]


def _names_to_go(state):
    if not state.names_go_on:
        return []
    day = format_date(state.names_go_on, "j F Y")
    if state.names_are_overdue:
        text = (
            f"Participants’ names and contacts were due to be deleted on {day}. If that day is wrong, change "
            "it now; if it is right and they are still here in two weeks, tell whoever runs Waterline."
        )
        return [Step(text, "setup-edit")]
    text = f"Participants’ names and contacts are deleted on {day}: until then they can still be asked."
    return [Step(text, "participant-list")]


def _report_to_read(state):
    if not state.published_on:
        return []
    day = format_date(state.published_on, "j F Y")
    return [Step(f"The report was published on {day}. Read it.", "report-detail")]


def _for_leads(state):
    figures = state.headlines
    steps = []
    if figures.added > state.answered:
        text = f"Respond to {_count(figures.added - state.answered, 'recommendation')} the evaluators added."
        steps.append(Step(text, "recommendation-list", "?response=none"))
    if figures.unowned:
        text = f"Give {_count(figures.unowned, 'open recommendation')} an owner."
        steps.append(Step(text, "recommendation-list", "?owner=none"))
    if figures.undated:
        text = f"Set a due date for {_count(figures.undated, 'open recommendation')}."
        steps.append(Step(text, "recommendation-list", "?due=none"))
    if figures.overdue:
        text = f"Look at {_count(figures.overdue, 'overdue recommendation')}."
        steps.append(Step(text, "recommendation-list", "?due=overdue"))
    steps += _first_ambition(state)
    return steps or [Step("Everything open has an owner and a date. See the tracker.", "recommendation-list")]


def _first_ambition(state):
    if state.ambitions or not state.ready:
        return []
    return [Step("Enter the first ambition of the legacy plan, to road-test it.", "ambition-add")]


def _for_reviewers(state):
    steps = [Step("Read the matrices: what has changed, and what remains.", "matrix-home")]
    if state.strands > 1:
        steps.append(Step("Set the strands side by side.", "comparison-detail"))
    if state.ambitions:
        steps.append(Step("See how the legacy plan stands its road test.", "legacy-plan"))
    return [*steps, Step("See who takes which recommendation forward.", "recommendation-list")]


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
