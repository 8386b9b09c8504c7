"""Drafts shared for comment: sharing them, the list of what is shared, one finding's comments and answers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions import comments as actions
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.steps import undoable
from evaluations.forms.comments import CommentForm, ShareForm
from evaluations.models import FindingStatus
from evaluations.queries.board import just_done, latest, of_finding, with_undo
from evaluations.queries.comments import talk_of, talks, thread
from evaluations.queries.findings import with_quotations
from evaluations.queries.quotations import reader_groups

PER_PAGE = 50
OTHERS_SHOWN = 50


def comment_list(request, slug):
    """List what is shared for comment: what waits for this member first. 50 a page."""
    member = access.evaluation_for(request.user, slug)
    found = talks(access.asked_for(member), access.comments_for(member), access.members_for(member))
    findings = access.shared_findings_for(member)
    order = [*findings.filter(status=FindingStatus.DRAFT).in_model_order().values_list("pk", flat=True)]
    drafts = set(order)
    order += findings.filter(status=FindingStatus.READY).in_model_order().values_list("pk", flat=True)
    order.sort(key=lambda pk: not _needs(found[pk], request.user, member, pk in drafts))
    page = Paginator(order, PER_PAGE).get_page(request.GET.get("page"))
    rows = findings.filter(pk__in=list(page)).select_related("strand").in_bulk()
    names = _names(member, access.shares_for(member).filter(finding__in=list(page), ended_at__isnull=True))
    entries = [_entry(rows[pk], found[pk], request.user, names.get(pk, [])) for pk in page if pk in rows]
    context = {"member": member, "page": page, "entries": entries}
    return TemplateResponse(request, "evaluations/comment_list.html", context)


def share_add(request, slug):
    """Share drafts with members; shows exactly what they will see."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    drafts = access.findings_for(member).filter(status=FindingStatus.DRAFT)
    sent = request.POST if request.method == "POST" else request.GET
    chosen, others = _to_choose_from(drafts, sent.getlist("finding"))
    people = access.members_for(member).filter(user__is_active=True).exclude(user=request.user)
    form = ShareForm(
        request.POST or None,
        drafts=[*chosen, *others],
        people=list(people),
        initial={"finding": request.GET.getlist("finding")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            shares = actions.share(
                evaluation=member.evaluation,
                findings=form.cleaned_data["finding"],
                people=[row.user for row in form.cleaned_data["member"]],
                question=form.cleaned_data["question"],
                by=request.user,
            )
        except NotAllowedNow as error:
            form.add_error("finding", str(error))
        else:
            _say_shared(request, shares)
            return redirect("comment-list", slug=slug)
    context = {"member": member, "form": form, **_offered(member, chosen, others)}
    context["not_shown"] = drafts.count() - len(chosen) - len(others)
    return TemplateResponse(request, "evaluations/share_form.html", context)


@require_POST
def share_end(request, slug, finding, pk):
    """End a share; it can be opened again."""
    share = _share(request, slug, finding, pk)
    actions.end_share(share=share, by=request.user)
    messages.success(request, "Ended: they no longer see it here. “Share again” puts it back.")
    return redirect("comment-detail", slug=slug, finding=finding)


@require_POST
def share_restore(request, slug, finding, pk):
    """Open a share again that was ended."""
    share = _share(request, slug, finding, pk)
    try:
        actions.restore_share(share=share, by=request.user)
    except NotAllowedNow as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Shared again.")
    return redirect("comment-detail", slug=slug, finding=finding)


def comment_detail(request, slug, finding):
    """Show one shared finding with what is said of it; comment, or answer."""
    member = access.evaluation_for(request.user, slug)
    is_evaluator = member.may[access.Ability.SEE_CONFIDENTIAL]
    row = access.shared_findings_for(member).select_related("strand", "source").filter(pk=finding).first()
    form = CommentForm(request.POST or None, is_answer=is_evaluator)
    if row is None:
        return _no_longer_shared(request, member, finding, form)
    shares = list(access.shares_for(member).filter(finding=row).select_related("member", "by"))
    mine = next((share for share in shares if share.member == request.user and not share.ended_at), None)
    if not (is_evaluator or mine):  # it ended at this moment
        return _no_longer_shared(request, member, finding, form)
    if request.method == "POST" and form.is_valid():
        share, text = None if is_evaluator else mine, form.cleaned_data["text"]
        try:
            said = actions.comment(finding=row, share=share, text=text, by=request.user)
        except NotAllowedNow:
            return _no_longer_shared(request, member, finding, form)
        thanks = "Your answer is sent." if is_evaluator else "Thank you: your comment is sent."
        messages.success(request, thanks)
        return redirect(f"{reverse('comment-detail', args=[slug, row.pk])}#comment-{said.pk}")
    context = {"member": member, "finding": row, "form": form, "mine": mine, "shares": shares}
    context |= _thread(member, row) | {"done": _just_done(request, member, row)}
    return TemplateResponse(request, "evaluations/comment_detail.html", context)


@require_POST
def comment_take_back(request, slug, finding, pk):
    """Take one's own comment back; it can be put back."""
    comment = _own_comment(request, slug, finding, pk)
    actions.take_back(comment=comment, by=request.user)
    messages.success(request, "Taken back: nobody else reads it any more. You can put it back below.")
    return redirect(f"{reverse('comment-detail', args=[slug, finding])}#comment-{pk}")


@require_POST
def comment_put_back(request, slug, finding, pk):
    """Put one's own comment back."""
    comment = _own_comment(request, slug, finding, pk)
    actions.put_back(comment=comment, by=request.user)
    messages.success(request, "Put back.")
    return redirect(f"{reverse('comment-detail', args=[slug, finding])}#comment-{pk}")


def _share(request, slug, finding, pk):
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    row = get_object_or_404(access.shared_findings_for(member), pk=finding)
    return get_object_or_404(access.shares_for(member).select_related("finding"), pk=pk, finding=row)


def _own_comment(request, slug, finding, pk):
    member = access.evaluation_for(request.user, slug)
    row = get_object_or_404(access.shared_findings_for(member), pk=finding)
    return get_object_or_404(access.own_comments_for(member), pk=pk, finding=row)


def _thread(member, finding):
    """Return what is said of a finding, and what those see of it with whom it is shared."""
    comments, members = access.comments_for(member).filter(finding=finding), access.members_for(member)
    own = access.own_comments_for(member).filter(finding=finding)
    talk = talk_of(finding, access.asked_for(member), comments, members)
    said = thread(comments, own, members, talk, member.user)
    (item,) = _as_readers_see(member, [finding])
    return {"said": said, "item": item, "to_answer": len(talk.to_answer(member.user))}


def _needs(talk, user, member, is_draft):
    """Say whether a finding waits for this member: for their comment, or an evaluator's answer."""
    answers = member.may[access.Ability.SEE_CONFIDENTIAL] and bool(talk.to_answer(user))
    return answers or (is_draft and talk.waits_for(user))


def _entry(row, talk, user, names):
    return {
        "row": row,
        "talk": talk,
        "to_answer": len(talk.to_answer(user)),
        "waits_for_me": row.status == FindingStatus.DRAFT and talk.waits_for(user),
        "is_answered": talk.is_answered(user),
        "has_commented": user.pk in talk.heard,
        "names": names,
    }


def _names(member, shares):
    """Return ``{finding's number: the people it is shared with}``, for evaluators only."""
    found = {}
    if member.may[access.Ability.SEE_CONFIDENTIAL]:
        for share in shares.select_related("member"):
            found.setdefault(share.finding_id, []).append(share.member)
    return found


def _as_readers_see(member, rows):
    quotations = access.quotations_for(member, access.Audience.READERS)
    groups = reader_groups(*access.speakers_for_readers(member))
    return with_quotations(rows, access.all_links_for(member), quotations, groups)


def _to_choose_from(drafts, ticked):
    """Return the drafts that are ticked (``ticked`` is as it was sent), and the first of the others."""
    numbers = [number for number in map(access.number_in, ticked) if number is not None]
    rows = drafts.select_related("strand", "source").in_model_order()
    return list(rows.filter(pk__in=numbers)), list(rows.exclude(pk__in=numbers)[:OTHERS_SHOWN])


def _offered(member, chosen, others):
    """Return the drafts as they will be seen, each with the names of those who see it already."""
    rows = [*chosen, *others]
    names = _names(member, access.shares_for(member).filter(ended_at__isnull=True, finding__in=rows))
    items = [(item, names.get(item.id, [])) for item in _as_readers_see(member, rows)]
    return {"chosen": items[: len(chosen)], "others": items[len(chosen) :], "has_drafts": bool(rows)}


def _say_shared(request, shares):
    if shares:
        where = "They find it on their overview and under “Shared with me” on the findings page."
        messages.success(request, f"Shared for comment. No mail is sent. {where}")
    else:
        messages.info(request, "Nothing to do: these are shared with them already.")


def _just_done(request, member, finding):
    if "done" not in request.GET:
        return None
    steps = of_finding(latest(access.changes_for(member)), finding.pk)
    return just_done(with_undo(steps, undoable(steps)), request.GET["done"])


def _no_longer_shared(request, member, finding, form):
    """Answer a comment that was written while the share ended, with its words; anything else is not there."""
    if request.method != "POST" or not request.POST.get("text", "").strip():
        raise Http404
    # Compared here: the number is from an address, and may be more than a database takes.
    if finding not in access.once_shared_for(member).values_list("finding", flat=True):
        raise Http404
    form.is_valid()
    context = {"member": member, "form": form}
    return TemplateResponse(request, "evaluations/comment_ended.html", context, status=409)
