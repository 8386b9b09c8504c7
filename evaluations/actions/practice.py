"""The practice evaluation: made up from beginning to end, so that people can try everything on it.

Its words are in ``fixtures/practice.json``; ``practice_rows`` writes them. It follows a first round, made up
as well and an evaluation of its own, so that two rounds can be set side by side.
"""

import json
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from evaluations.models import (
    Action,
    Ambition,
    Answer,
    AuditEvent,
    CellSummary,
    Evaluation,
    Finding,
    FindingShare,
    Invitation,
    Membership,
    Owner,
    Quotation,
    Recommendation,
    Reflection,
    Role,
    Verb,
    Workshop,
)
from evaluations.signin import SECOND_CODER

from .audit import record
from .comments import share
from .errors import NotAllowedNow
from .owners import edit_owner
from .practice_rows import Writer, write_facts
from .setup import check_may_join

SLUG, FIRST_ROUND = "practice", "practice-first-round"
PROGRAMME_MANAGER = "Programme manager (made up)"
DATA = Path(settings.BASE_DIR) / "fixtures" / "practice.json"
FIRST_ROUND_DATA = DATA.with_name("practice_first_round.json")
# What stays when the evaluation is made afresh: who may open it, and what was done with that.
KEPT = (Membership, Invitation, AuditEvent)
# These refuse to let strands and owners go, so they go before everything else.
FIRST_TO_GO = (
    Action,
    Recommendation,
    Ambition,
    Reflection,
    CellSummary,
    Workshop,
    Finding,
    Quotation,
    Answer,
)


def practice_evaluation(slug=SLUG):
    """Return the practice evaluation, or its first round; None without one.

    Raises NotAllowedNow when its address is a real evaluation's.
    """
    evaluation = Evaluation.objects.filter(slug=slug).first()
    if evaluation and not evaluation.is_made_up:
        raise NotAllowedNow(f"The evaluation at /e/{slug}/ is not made up. Nothing was loaded or changed.")
    return evaluation


@transaction.atomic
def load_practice(*, by, basis_of, replace=False):
    """Make the practice evaluation with ``by`` as its evaluator; return it and whether it was made just now.

    One that is there stays as people left it, unless ``replace``: then it is made afresh, its first round
    too, and the members of both stay. ``basis_of`` takes findings and returns their fingerprint, for signed
    summaries. Raises NotAllowedNow when an address of theirs is a real evaluation's, for a superuser, and
    when somebody can sign in under the made-up coder's name.
    """
    check_may_join(by)
    evaluation = practice_evaluation()
    is_new = evaluation is None
    if is_new or replace:
        evaluation = _write({"first": by, "second": _second_coder()}, basis_of)
        verb = Verb.MADE_PRACTICE if is_new else Verb.REPLACED_PRACTICE
        record(by=by, evaluation=evaluation, verb=verb, subject="practice")
    else:
        join_practice(evaluation=evaluation, user=by, role=Role.EVALUATOR)
    return evaluation, is_new or replace


def join_practice(*, evaluation, user, role):
    """Make ``user`` a member of the practice evaluation and of its first round, unless they are one."""
    for one in (evaluation, practice_evaluation(FIRST_ROUND)):
        if one is None:
            continue
        membership, is_new = Membership.objects.get_or_create(
            evaluation=one, user=user, defaults={"role": role}
        )
        if is_new:
            subject = f"user {user.pk} is {membership.role}"
            record(by=user, evaluation=one, verb=Verb.JOINED_PRACTICE, subject=subject)


def give_to(*, evaluation, user):
    """Let ``user`` own what the made-up programme manager owns, and return the owner."""
    owner = Owner.objects.get(evaluation=evaluation, name=PROGRAMME_MANAGER)
    return edit_owner(owner=owner, version=owner.version, changes={"user": user}, by=user)


def share_practice_drafts(*, evaluation, people, by):
    """Share with ``people`` as well what the made-up coder was asked to comment on; return the new shares."""
    made_up = FindingShare.objects.filter(evaluation=evaluation).select_related("finding")
    new = [
        share(evaluation=evaluation, findings=[row.finding], people=people, question=row.question, by=by)
        for row in made_up
    ]
    return [row for rows in new for row in rows]


def _second_coder():
    """Return the account that coded second: nobody can sign in with it."""
    user, is_new = get_user_model().objects.get_or_create(
        username=SECOND_CODER,
        defaults={"first_name": "Second coder", "last_name": "(made up)", "is_active": False},
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    if user.is_active:
        raise NotAllowedNow(f"Somebody uses the account {SECOND_CODER}. Make it inactive first.")
    return user


def _write(coders, basis_of):
    """Write the practice evaluation and its first round, in place of what was there; return the former."""
    evaluation, first_round = _emptied(SLUG), _emptied(FIRST_ROUND)
    data, earlier_data = (json.loads(file.read_text(encoding="utf-8")) for file in (DATA, FIRST_ROUND_DATA))
    write_facts(first_round, earlier_data["evaluation"])
    write_facts(evaluation, data["evaluation"] | {"follows": first_round})
    for user in coders.values():
        join_practice(evaluation=evaluation, user=user, role=Role.EVALUATOR)
    earlier, later = (Writer(one, coders, basis_of) for one in (first_round, evaluation))
    earlier.write_published(earlier_data)
    later.write(data)
    later.write_outcomes(earlier_data["outcomes"], earlier)
    return evaluation


def _emptied(slug):
    """Return the made-up evaluation at an address, or a new one, with nothing in it but its members."""
    evaluation = practice_evaluation(slug)
    if evaluation is None:
        return Evaluation(slug=slug, is_made_up=True)
    _clear(evaluation)
    return evaluation


def _clear(evaluation):
    """Delete everything of the practice evaluation but its members and what was recorded about them."""
    Recommendation.objects.filter(evaluation=evaluation).update(adds_to=None)
    others = [
        model
        for model in apps.get_app_config("evaluations").get_models()
        if hasattr(model, "evaluation") and model not in (*KEPT, *FIRST_TO_GO)
    ]
    for model in (*FIRST_TO_GO, *others):
        model._base_manager.filter(evaluation=evaluation).delete()
