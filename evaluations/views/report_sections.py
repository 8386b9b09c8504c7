"""Writing one section of the report: editing, autosave, preview, earlier versions. Evaluators only."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import StaleVersion, WordsTakenOut
from evaluations.actions.report import SectionSent, bring_section_back, restart_section, save_section
from evaluations.forms.findings import VersionForm
from evaluations.forms.report import SectionForm, typed
from evaluations.models import SectionKey
from evaluations.queries.history import set_aside_edits
from evaluations.queries.report_sections import last_by_hand, last_written, sittings, versions_in
from evaluations.report.prose import blocks_of
from evaluations.screens.report_builder import SUMMARY_WORDS, count_words, now_of, read_now, read_sheet
from evaluations.screens.two_texts import clock, two_texts

SITTINGS_PER_PAGE = 20
# The buttons that put the marks of formatting into a text.
MARKS = (
    ("bold", "Bold"),
    ("italic", "Italic"),
    ("heading", "Heading"),
    ("list", "List"),
    ("quotation", "Quotation"),
)
NOT_UNDERSTOOD = (
    "What was sent holds nothing of this page. Download a copy of what you wrote, then load the page again."
)
CHANGED = "Somebody wrote in this section meanwhile. Look at it again, then decide."


def section_edit(request, slug, key):
    """Write a section, with a preview beside it. What somebody else saved meanwhile comes back with both.

    What was written before a participant withdrew comes back and is not saved.
    """
    member, _ = _open(request, slug, key)
    form = SectionForm(request.POST, now=read_now(member, key)) if "text" in request.POST else None
    status = HTTPStatus.OK
    if form and "preview" not in request.POST and form.is_valid():
        try:
            save_section(evaluation=member.evaluation, key=key, sent=_sent(form), by=request.user)
        except StaleVersion:
            status = HTTPStatus.CONFLICT
        except WordsTakenOut as error:
            form.add_error("text", str(error))
            status = HTTPStatus.LOCKED
        else:
            messages.success(request, "Saved.")
            return redirect("section-edit", slug=slug, key=key)
    is_undecided = form and (status == HTTPStatus.CONFLICT or form.keeps_both)  # else too long together
    conflict = _conflict(member, key, form) if is_undecided else None
    context = _desk(member, key, form, strand=request.GET.get("strand", "")) | {"conflict": conflict}
    return TemplateResponse(request, "evaluations/section_edit.html", context, status=status)


@require_POST
def section_save(request, slug, key):
    """Save what a section says, as its page sends it by itself; answers in JSON.

    ``fields`` names what was understood: a sender whose field is not among them was not heard. 409 with both
    texts when somebody else saved the section meanwhile, 423 when a participant withdrew since the page was
    opened, 403 when somebody else is signed in than the one who wrote, 400 when nothing was understood.
    """
    member, _ = _open(request, slug, key)
    if request.POST.get("user", str(request.user.pk)) != str(request.user.pk):
        return JsonResponse({"error": "Somebody else is signed in here now."}, status=HTTPStatus.FORBIDDEN)
    form = SectionForm(request.POST, now=read_now(member, key))
    errors = [] if form.is_valid() else [message for _, _, message in form.error_links]
    if not errors and "text" not in request.POST:
        errors = [NOT_UNDERSTOOD]
    if errors:
        return JsonResponse({"errors": errors}, status=HTTPStatus.BAD_REQUEST)
    heard = {"fields": ["text"]}
    try:
        saved = save_section(evaluation=member.evaluation, key=key, sent=_sent(form), by=request.user)
    except WordsTakenOut as error:
        return JsonResponse(heard | {"error": str(error)}, status=HTTPStatus.LOCKED)
    except StaleVersion:
        found = _conflict(member, key, form)
        return JsonResponse(heard | {"conflicts": {"text": found.told}}, status=HTTPStatus.CONFLICT)
    now = {
        "version": saved.version,
        "is_written": saved.is_written,
        "heading": saved.heading,
        "text": saved.text if saved.is_written else form.now.text,
    }
    return JsonResponse(heard | {"saved": clock(timezone.now()), "section": now})


def section_preview(request, slug, key):
    """Show a text that is sent, or else what the section says, as it would be printed; nothing is saved."""
    member, _ = _open(request, slug, key)
    text = typed(request.POST) if "text" in request.POST else read_now(member, key).text
    return TemplateResponse(request, "evaluations/_section_prose.html", {"prose": blocks_of(text)})


def section_restart(request, slug, key):
    """Ask once, then let a section say what the data says again; its words are kept."""
    member, section = _open(request, slug, key)
    if section is None or not section.is_written:
        return redirect("section-edit", slug=slug, key=key)
    if request.method == "POST":
        try:
            restart_section(section=section, version=VersionForm(request.POST).seen, by=request.user)
        except StaleVersion:
            messages.error(request, CHANGED)
        else:
            messages.success(request, "The section says what the data says. What you wrote is kept.")
        return redirect("section-edit", slug=slug, key=key)
    outline = read_sheet(member, key).outline
    context = {"member": member, "outline": outline, "section": section, "prose": blocks_of(outline.drafted)}
    return TemplateResponse(request, "evaluations/section_restart.html", context)


@require_safe
def section_versions(request, slug, key):
    """Show what a section said before, newest first, and what was set aside; each can be brought back."""
    member, section = _open(request, slug, key)
    lines = _lines(member, key)
    page = Paginator(sittings(lines), SITTINGS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "key": key,
        "heading": (section.heading if section else "") or SectionKey(key).label,
        "section": section,
        "page": page,
        "versions": versions_in(page.object_list, section, lines),
        "set_aside": _set_aside(member, section),
    }
    return TemplateResponse(request, "evaluations/section_versions.html", context)


@require_POST
def section_restore(request, slug, key, pk):
    """Bring back what a section said before."""
    member, section = _open(request, slug, key)
    line = get_object_or_404(_lines(member, key), history_id=pk)
    version = VersionForm(request.POST).seen
    try:
        bring_section_back(section=section, line=line, version=version, by=request.user)
    except StaleVersion:
        messages.error(request, CHANGED)
    else:
        messages.success(request, "That text is back. What it replaced is under “Earlier versions”.")
    return redirect("section-edit", slug=slug, key=key)


def _open(request, slug, key):
    """Return the member, and a section's row or None. Http404 for no such section."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    if key not in SectionKey:
        raise Http404
    return member, access.sections_for(member).filter(key=key).first()


def _desk(member, key, form, *, strand):
    """Return what the page of a section shows; ``form`` is what was sent, None for nothing."""
    sheet = read_sheet(member, key, strand=strand)
    section = access.sections_for(member).filter(key=key).first()
    text = typed(form.data) if form else sheet.outline.text
    withdrawn = access.participants_for(member).filter(withdrawn_on__isnull=False).count()
    return {
        "member": member,
        "sheet": sheet,
        "form": form or SectionForm(now=now_of(key, section, sheet.outline.text), withdrawn=withdrawn),
        "prose": blocks_of(text),
        "words": count_words(text),
        "marks": MARKS,
        "most_words": SUMMARY_WORDS if key == SectionKey.SUMMARY else None,
        "by_hand": None if sheet.outline.is_written else last_by_hand(_lines(member, key)),
        "set_aside": _set_aside(member, section),
    }


def _lines(member, key):
    return access.section_histories_for(member).filter(key=key)


def _sent(form):
    return SectionSent(**form.sent)


def _conflict(member, key, form):
    """Return what was sent and what the section says now, as ``TwoTexts``; headings too where they differ."""
    now = read_now(member, key)
    heading, texts = typed(form.data, "heading"), [now.text, typed(form.data)]
    if heading != now.heading:
        headings = (now.heading or now.label, heading or now.label)
        texts = [f"Heading: {named}\n\n{text}" for named, text in zip(headings, texts, strict=True)]
    written = last_written(access.sections_for(member), _lines(member, key)).get(key)
    return two_texts(*texts, version=now.version, at=written and written.at, by=written and written.by)


def _set_aside(member, section):
    return set_aside_edits(section, access.set_aside_for(member, section)) if section else []
