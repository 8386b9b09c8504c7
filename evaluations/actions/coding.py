"""Coding an interview: passages become quotations, keep their place while the text is edited, find a use."""

from django.db import transaction
from django.utils import timezone

from evaluations.models import (
    Finding,
    Passage,
    Quotation,
    RecommendationQuotation,
    RecommendationSource,
)
from evaluations.ranges import Edit, nearest, ranges_alike, trimmed

from .errors import NotAllowedNow
from .findings import add_finding, attach_quotation
from .locks import check_not_blind, lock_around
from .quotations import NO_APPROVAL, NOT_ASKED, before, check_not_withdrawn, edit_quotation
from .recommendations import add_recommendation
from .versions import keep_nothing, locked, note, same_evaluation, save_changes, write


def move_quotations(*, answer, before, after):
    """Move the ranges of an answer's quotations, removed ones too, from the text ``before`` to ``after``.

    For the transaction that saves the text, once it holds the interview's lock. Raises no version, because
    nobody's words change. Returns the quotations that are no longer in place.
    """
    edit = Edit(before, after)
    rows = list(Quotation.objects.select_for_update().filter(answer=answer).exclude(passage=""))
    for row in rows:
        place = edit.moved(row.start, row.end, row.text)
        row.start, row.end, row.passage = place.start, place.end, place.passage
    Quotation.objects.bulk_update(rows, ["start", "end", "passage"])
    return [row for row in rows if row.passage != Passage.IN_PLACE]


@transaction.atomic
def code_passage(*, answer, start, end, version, kind, condition, strand, by, text=""):
    """Make the passage ``start:end`` of an answer a quotation and return it; the same one twice is one.

    ``text`` are the words as the sender saw them in ``version``: when somebody saved the answer since, they
    are looked for where they stand now. The speaker is known when one participant took part. Raises
    NotAllowedNow when there is nothing to code or the words are no longer there, and as
    ``locks.check_not_blind`` does; ForeignRecord for another evaluation's strand.
    """
    same_evaluation(answer.evaluation, [strand])
    check_not_withdrawn(speaker=None, answer=answer)
    interview = locked(answer.interview)
    check_not_blind(interview, by)
    current = locked(answer)
    start, end = _range_now(current, start, end, version, text)
    code = {"kind": kind, "condition": condition, "strand": strand, "start": start, "end": end}
    same = current.quotations.filter(removed_at__isnull=True, passage=Passage.IN_PLACE, **code).first()
    return same or Quotation.objects.create(
        evaluation=current.evaluation,
        answer=current,
        text=current.text[start:end],
        passage=Passage.IN_PLACE,
        speaker=_only_participant(interview),
        coder=by,
        **code,
    )


def recode(*, quotation, version, changes, by):
    """Save how a quotation is coded (kind, condition, strand) and who said it, and return it.

    Another speaker voids its approval. Raises StaleVersion, ForeignRecord, and NotAllowedNow for a speaker
    who was not there and for a kind other than that of what it supports.
    """

    def before_save(current, changes):
        _check_kind(current, changes.get("kind", current.kind))
        if "speaker" in changes and changes["speaker"] != current.speaker:
            _check_was_there(current, changes["speaker"])
            check_not_withdrawn(speaker=changes["speaker"], answer=None)
            changes |= NO_APPROVAL | NOT_ASKED

    return save_changes(
        quotation,
        version=version,
        changes=dict(changes),
        by=by,
        keep=keep_nothing,
        before_save=before_save,
        first=before(quotation, changes),
    )


@transaction.atomic
def support_new_finding(*, quotation, text, by):
    """Write a draft finding, ``text``, where the quotation is coded, with it as evidence; return the finding.

    Raises NotAllowedNow for a quotation without kind, condition and strand.
    """
    quotation = locked(quotation)
    _check_coded(quotation)
    place = {name: getattr(quotation, name) for name in ("kind", "condition", "strand")}
    finding = add_finding(evaluation=quotation.evaluation, fields=place | {"text": text}, by=by)
    return attach_quotation(finding=finding, quotation=quotation, by=by)


@transaction.atomic
def support_finding(*, quotation, finding, by):
    """Make a quotation evidence for a finding that is there, and return the finding.

    Raises NotAllowedNow for a finding of another kind, ForeignRecord.
    """
    finding, quotation = locked(finding), locked(quotation)
    if quotation.kind and finding.kind != quotation.kind:
        raise NotAllowedNow(f"That is no {quotation.kind}. Code the passage otherwise, or choose another.")
    return attach_quotation(finding=finding, quotation=quotation, by=by)


@transaction.atomic
def support_new_recommendation(*, quotation, ref, title, by):
    """Add a recommendation of the evaluators with a suggestion as its evidence; return the recommendation.

    Raises AlreadyThere when ``ref`` is taken, NotAllowedNow as ``support_new_finding`` does.
    """
    quotation = locked(quotation)
    _check_coded(quotation)
    fields = {"condition": quotation.condition, "strand": quotation.strand, "ref": ref, "title": title}
    recommendation = add_recommendation(
        evaluation=quotation.evaluation, fields=fields | {"source": RecommendationSource.ADDED}, by=by
    )
    return support_recommendation(quotation=quotation, recommendation=recommendation)


@transaction.atomic
def support_recommendation(*, quotation, recommendation):
    """Make a suggestion evidence for a recommendation (once) and return the recommendation.

    Its history says nothing of it: readers see that, and may not see the quotation. Raises ForeignRecord
    and Gone.
    """
    same_evaluation(recommendation.evaluation, [quotation])
    locked(recommendation)
    locked(quotation)
    place = RecommendationQuotation.objects.filter(recommendation=recommendation).count()
    RecommendationQuotation.objects.get_or_create(
        evaluation=recommendation.evaluation,
        recommendation=recommendation,
        quotation=quotation,
        defaults={"position": place},
    )
    return recommendation


@transaction.atomic
def stop_supporting_recommendation(*, quotation, recommendation):
    """Stop using a quotation as evidence for a recommendation; the quotation itself stays."""
    RecommendationQuotation.objects.filter(recommendation=recommendation, quotation=quotation).delete()


def remove_quotation(*, quotation, by):
    """Take a quotation out of use everywhere and return it; its links stay, so that it can be restored."""
    return _set_removed(quotation, timezone.now(), "Removed a quotation", by)


def restore_quotation(*, quotation, by):
    """Bring a removed quotation back with everything it supported, and return it."""
    return _set_removed(quotation, None, "Restored a quotation", by)


@transaction.atomic
def use_words_now(*, quotation, version, seen, by):
    """Give a quotation the words that stand in its place now, which voids its approval; return it.

    Raises StaleVersion, Gone, and NotAllowedNow when no words stand there, or others than those ``seen``.
    """
    lock_around(quotation)
    current = locked(quotation)
    if current.passage != Passage.CHANGED:
        raise NotAllowedNow("Nothing else stands in the place of this quotation.")
    words = current.answer.text[current.start : current.end]
    if words.split() != seen.split():
        raise NotAllowedNow("Somebody changed the answer again. Read what stands there now, then decide.")
    return edit_quotation(quotation=quotation, version=version, changes={"text": words}, by=by)


@transaction.atomic
def keep_as_said(*, quotation, by):
    """Keep a quotation's words though the answer no longer reads so: it has no place there any more."""
    lock_around(quotation)
    current = locked(quotation)
    if current.passage not in (Passage.CHANGED, Passage.GONE):
        return current
    return write(current, {"start": None, "end": None, "passage": ""}, by=by)


def _range_now(answer, start, end, version, text):
    """Return where the passage that somebody saw in ``version`` stands in the answer as it is now.

    Where the words that were seen are sent, the range has to read so; else they are looked for.
    """
    span, words = trimmed(start, end, answer.text), text.strip()
    if span is None and answer.version == version:
        raise NotAllowedNow("Select some words of the answer first.")
    if span in ranges_alike(words, answer.text) or (not words and answer.version == version):
        return span
    found = nearest(words, answer.text, near=start) if words else None
    if found is None:
        raise NotAllowedNow("These words do not stand in the answer as it is now. Select them again.")
    return found


def _only_participant(interview):
    """Return the one participant of an interview, unless they withdrew; None where several took part."""
    people = list(interview.participants.all()[:2])
    return people[0] if len(people) == 1 and people[0].withdrawn_on is None else None


def _check_coded(quotation):
    if not (quotation.kind and quotation.condition and quotation.strand_id):
        raise NotAllowedNow("Say first what this quotation is, under which condition and for which strand.")


def _check_kind(quotation, kind):
    if quotation.findings.filter(removed_at__isnull=True).exclude(kind=kind).exists():
        raise NotAllowedNow(f"It supports a finding that is no {kind}. Detach it there first.")


def _check_was_there(quotation, speaker):
    if speaker and not quotation.answer.interview.participants.filter(pk=speaker.pk).exists():
        raise NotAllowedNow(f"{speaker} did not take part in this interview.")


@transaction.atomic
def _set_removed(quotation, at, reason, by):
    lock_around(quotation)
    current = locked(quotation)
    if (current.removed_at is None) == (at is None):
        return current
    saved = write(current, {"removed_at": at}, by=by)
    for finding in Finding.objects.filter(quotations=saved, removed_at__isnull=True):
        note(finding, by=by, reason=reason)
    return saved
