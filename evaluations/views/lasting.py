"""Will it last? Achievements by how likely they are to outlive the programme, and who holds them."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.actions.steps import undoable
from evaluations.analysis.lasting import Group
from evaluations.downloads import send_file, source_of
from evaluations.exporting.lasting import FORMATS, LastingAchievements, lasting_file
from evaluations.forms.lasting import JudgeForm
from evaluations.queries.board import just_done, latest, with_undo
from evaluations.screens.lasting import read_lasting

PER_PAGE = 50


def lasting_detail(request, slug):
    """Show achievements by whether they will last and who holds them, gaps first, 50 a page.

    Ready ones, and an evaluator's drafts with ``?drafts=1``. ``?print=1`` is for readers, whoever asks.
    """
    member = access.evaluation_for(request.user, slug)
    is_print = "print" in request.GET
    screen = read_lasting(member, request.GET, for_readers=is_print)
    steps = latest(access.changes_for(member))
    done = just_done(with_undo(steps, undoable(steps)), request.GET.get("done"))
    judged = int(next(iter(done[0].after))) if done else None
    page = Paginator(screen.chosen, PER_PAGE).get_page(request.GET.get("page") or _page_of(screen, judged))
    parts = screen.shown(None if is_print else page)
    context = {
        "member": member,
        "screen": screen,
        "parts": parts,
        "page": page,
        "query": screen.form.query,
        "is_print": is_print,
        "may_judge": member.may[access.Ability.WRITE_FINDINGS] and not is_print,
        "choices": JudgeForm(ended=screen.ended).fields["lasting"].choices,
        "done": done,
        "judged": judged,
        "next": next((item.id for item in _items(parts) if item.group == Group.NOT_JUDGED), None),
    }
    context["judged_is_shown"] = judged in {item.id for item in _items(parts)}
    return TemplateResponse(request, "evaluations/lasting_detail.html", context)


@require_GET
def lasting_export(request, slug, format):
    """Send the achievements as a file: those that readers see, narrowed as the address asks."""
    member = access.evaluation_for(request.user, slug)
    screen = read_lasting(member, request.GET, for_readers=True)
    sources = {row.slug: source_of(row, member.evaluation) for row in screen.asked_for}
    one_strand = [row.name for row in screen.asked_for] if screen.form.strand else []

    def make(said):
        lasting = LastingAchievements(said, tuple(screen.shown()), sources, screen.total)
        return lasting_file(lasting, format, name=[slug])

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title="Will it last?",
        sources=sources.values(),
        filters=filter(None, [*one_strand, screen.narrowed]),
        make=make,
        subject="achievements that may last",
    )


def _items(parts):
    """Return the achievements that a page shows, in their order."""
    return [shown.item for part in parts for group in part.lists for shown in group.shown]


def _page_of(screen, judged):
    """Return the number of the page with the achievement that was just judged; the first without one."""
    ids = [item.id for _, item in screen.chosen]
    return ids.index(judged) // PER_PAGE + 1 if judged in ids else 1
