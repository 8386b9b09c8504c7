"""A second evaluator codes an interview blind; both codings are frozen, and disagreements settled."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from evaluations.conditions import CodeKind, Condition
from evaluations.models import (
    BlindCode,
    CodingRound,
    CodingUnit,
    Interview,
    Membership,
    Passage,
    Quotation,
    Role,
    Settlement,
    SettlementVersion,
    Verb,
)
from evaluations.ranges import trimmed

from .audit import record
from .coding import code_passage
from .errors import ForeignRecord, NotAllowedNow
from .locks import check_not_emptied, open_round
from .versions import locked, save_changes

ROUND_OVER = "This second coding was closed or cancelled meanwhile."


@transaction.atomic
def open_second_coding(*, interview, second, by):
    """Open a round in which ``second`` codes an interview blind, which locks its text; return the round.

    Raises NotAllowedNow when one is open, when there is no text or a withdrawal deleted it, and when
    ``second`` may know its codes (``knows_the_codes``); ForeignRecord when ``second`` is no evaluator here;
    Gone when the interview was deleted meanwhile.
    """
    interview = locked(interview)
    check_not_emptied(interview)
    if open_round(interview):
        raise NotAllowedNow(f"{interview} is being coded blind already.")
    if not interview.answers.exclude(text="").exists():
        raise NotAllowedNow(f"There is no text in {interview} to code yet.")
    evaluators = Membership.objects.filter(evaluation=interview.evaluation, role=Role.EVALUATOR)
    if not evaluators.filter(user=second).exists():
        raise ForeignRecord("The second coder has to be an evaluator here.")
    if knows_the_codes(interview).filter(pk=second.pk).exists():
        raise NotAllowedNow(
            f"{_name(second)} has coded {interview} already, or was asked to, so cannot code it blind."
        )
    row = CodingRound.objects.create(
        evaluation=interview.evaluation, interview=interview, second=second, opened_by=by
    )
    _log(row, Verb.OPENED_SECOND_CODING, by)
    return row


def knows_the_codes(interview):
    """Return the users who cannot code an interview blind (again).

    They coded it, or were its second coder; in a round that was cancelled too, after which they saw all.
    """
    coders = Quotation.objects.filter(answer__interview=interview, coder__isnull=False).values("coder")
    seconds = CodingRound.objects.filter(interview=interview).values("second")
    return get_user_model().objects.filter(Q(pk__in=coders) | Q(pk__in=seconds))


@transaction.atomic
def code_blind(*, coding_round, answer, start, end, kind, condition, by):
    """Code the passage ``start:end`` (code points of the answer's text) blind and return the ``BlindCode``.

    The same passage coded the same way twice is one code. Raises NotAllowedNow when the round is over, when
    ``by`` is not its second coder, and for a range without words; ForeignRecord for an answer of another
    interview, Gone for one that was deleted meanwhile.
    """
    current = _open_for_second(coding_round, by)
    answer = locked(answer)
    if answer.interview_id != current.interview_id:
        raise ForeignRecord("That answer belongs to another interview.")
    span = trimmed(start, end, answer.text)
    if span is None:
        raise NotAllowedNow("There are no words in that passage.")
    code, _ = BlindCode.objects.get_or_create(
        evaluation=current.evaluation,
        round=current,
        answer=answer,
        kind=CodeKind(kind),
        condition=Condition(condition),
        start=span[0],
        end=span[1],
        text_version=answer.version,
    )
    return code


@transaction.atomic
def uncode_blind(*, code, by):
    """Take back one of one's own blind codes. Raises NotAllowedNow as ``code_blind`` does."""
    _open_for_second(_round_of(code), by)
    code.delete()


@transaction.atomic
def close_second_coding(*, coding_round, by):
    """Close a round and return it: what both coders coded until now is frozen, unit by unit.

    A unit is answer x condition x kind, of every answer with text. Raises NotAllowedNow when it is over.
    """
    current = _open(coding_round)
    first, second = _first_coded(current), _coded(current.codes.all())
    answers = current.interview.answers.exclude(text="").order_by("pk")
    CodingUnit.objects.bulk_create(
        CodingUnit(
            evaluation=current.evaluation,
            round=current,
            answer=answer,
            condition=condition,
            kind=kind,
            first=(answer.pk, condition.value, kind.value) in first,
            second=(answer.pk, condition.value, kind.value) in second,
        )
        for answer in answers
        for condition in Condition
        for kind in CodeKind
    )
    current.closed_by, current.closed_at = by, timezone.now()
    current.save()
    _log(current, Verb.CLOSED_SECOND_CODING, by)
    return current


@transaction.atomic
def cancel_second_coding(*, coding_round, by):
    """Cancel an open round: its blind codes are deleted. Raises NotAllowedNow when it is over.

    The round stays, out of sight: its second coder may see all codes from now on, and is blind no more.
    """
    current = _open(coding_round)
    current.codes.all().delete()
    current.closed_by, current.closed_at, current.is_cancelled = by, timezone.now(), True
    current.save()
    _log(current, Verb.CANCELLED_SECOND_CODING, by)


def settle(*, unit, version, settled, note, by):
    """Settle a disagreement as "coded" or "not coded", with a note, and return the unit.

    Where only the second coder had coded it and it is coded after all, their passages become quotations,
    unless a quotation says so already; nothing is ever removed. Every decision is kept. Raises StaleVersion
    when somebody settled it since ``version`` (what was sent is kept, set aside), NotAllowedNow where the
    two agreed, where a passage is no longer in the text, and where the round was deleted meanwhile.
    """
    coding_round = _round_of(unit)
    if unit.first == unit.second:
        raise NotAllowedNow("The two coders agreed here: there is nothing to settle.")

    def keep(current, version, sent, by):
        _keep_decision(current, version, sent["settled"], sent["note"], by, set_aside=True)

    def before_save(current, changes):
        changes |= {"settled_by": by, "settled_at": timezone.now()}
        _keep_decision(current, version + 1, changes["settled"], changes["note"], by, set_aside=False)
        if changes["settled"] == Settlement.CODED:
            _make_quotations(current, by)

    changes = {"settled": Settlement(settled), "note": note}
    return save_changes(
        unit,
        version=version,
        changes=changes,
        by=by,
        keep=keep,
        before_save=before_save,
        first=[coding_round.interview],
    )


def words_of(code):
    """Return the words that a second coder coded, as they stood then; nothing when that text is gone."""
    answer = code.answer
    if answer.version == code.text_version:
        return answer.text[code.start : code.end]
    seen = answer.versions.filter(number=code.text_version, set_aside=False).first()
    return seen.text[code.start : code.end] if seen else ""


def quotations_of(unit):
    """Return the quotations that say now that a unit is coded."""
    return Quotation.objects.filter(
        answer_id=unit.answer_id, condition=unit.condition, kind=unit.kind, removed_at__isnull=True
    )


def _make_quotations(unit, by):
    """Make quotations of the second coder's passages, where nothing says yet that the unit is coded."""
    if quotations_of(unit).exists():
        return
    codes = BlindCode.objects.filter(
        round=unit.round_id, answer=unit.answer_id, condition=unit.condition, kind=unit.kind
    )
    for code in codes.select_related("answer", "answer__strand"):
        code_passage(
            answer=code.answer,
            start=code.start,
            end=code.end,
            version=code.text_version,
            text=words_of(code),
            kind=unit.kind,
            condition=unit.condition,
            strand=code.answer.strand or _only_strand(unit.round.interview),
            by=by,
        )


def _only_strand(interview):
    strands = list(interview.strands.all()[:2])
    return strands[0] if len(strands) == 1 else None


def _first_coded(current):
    """Return what everybody but the second coder has coded in place, as (answer, condition, kind)."""
    rows = Quotation.objects.filter(answer__interview=current.interview_id, removed_at__isnull=True)
    return _coded(rows.exclude(coder=current.second_id).exclude(passage=Passage.GONE))


def _coded(rows):
    return set(rows.order_by().values_list("answer_id", "condition", "kind"))


def _round_of(row):
    """Return the round of a code or a unit, with its interview. Raises NotAllowedNow when it was deleted."""
    found = CodingRound.objects.select_related("interview").filter(pk=row.round_id).first()
    if found is None:
        raise NotAllowedNow(ROUND_OVER)
    return found


def _open(coding_round):
    """Return a round, locked, and its interview before it. Raises NotAllowedNow when it is over."""
    Interview.objects.select_for_update().filter(pk=coding_round.interview_id).first()
    current = CodingRound.objects.select_for_update().filter(pk=coding_round.pk).first()
    if current is None or current.closed_at:
        raise NotAllowedNow(ROUND_OVER)
    return current


def _open_for_second(coding_round, by):
    current = _open(coding_round)
    if current.second_id != by.pk:
        raise NotAllowedNow("Only the second coder codes here.")
    return current


def _keep_decision(unit, number, settled, note, by, *, set_aside):
    SettlementVersion.objects.create(
        evaluation=unit.evaluation,
        unit=unit,
        number=number,
        settled=settled,
        note=note,
        set_aside=set_aside,
        by=by,
    )


def _log(row, verb, by):
    record(by=by, evaluation=row.evaluation, verb=verb, subject=f"interview {row.interview}")


def _name(user):
    return user.get_full_name() or user.get_username()
