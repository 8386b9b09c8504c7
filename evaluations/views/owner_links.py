"""What an owner without an account does through a private link: see their own actions, say how far they are.

Opening a link changes nothing. One that never was, that expired and that was revoked answer alike.
"""

from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from evaluations import access
from evaluations.actions.errors import ActionError, Gone, StaleVersion
from evaluations.actions.owner_links import note_through, report_through
from evaluations.actions.setup import token_hash
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.progress import ProgressForm
from evaluations.forms.tracking import ActionReportForm
from evaluations.opened import unless_from_before
from evaluations.queries.owners import actions_soonest_first

# The address holds the token. Other pages learn the site's name at most: with nothing at all, browsers would
# not say either where a form comes from, and it would be refused.
HEADERS = {"Referrer-Policy": "strict-origin", "X-Robots-Tag": "noindex, nofollow"}


def through_link(view):
    """Make a view public, and give it the private link; whoever holds none that works is told so.

    Text from a page that was opened before a participant withdrew is given back.
    """

    def answer_to(link, request, token, **kwargs):
        back = reverse("owner-link", args=[token])
        return unless_from_before(request, link, back, lambda: view(request, token, link, **kwargs))

    @login_not_required
    @never_cache
    @wraps(view)
    def answer(request, token, **kwargs):
        link = access.open_owner_link(token_hash(token))
        response = answer_to(link, request, token, **kwargs) if link else _over(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return answer


@require_safe
@through_link
def owner_link(request, token, link):
    """Show the owner's own actions, with the forms that move them on."""
    return _show(request, token, link)


@require_POST
@through_link
def owner_link_report(request, token, link, pk):
    """Save how far an action is; a stale save shows both versions."""
    action = _own_action(link, pk)
    form = bound(ActionReportForm, request.POST, instance=action, auto_id=_ids("report", action))

    def act():
        report_through(link=link, action=action, version=form.seen_version, changes=form.changes)

    return _save(request, token, link, action, {"report": form}, act, "Saved. Thank you.")


@require_POST
@through_link
def owner_link_note(request, token, link, pk):
    """Add a progress note to an action."""
    action = _own_action(link, pk)
    form = ProgressForm(request.POST, request.FILES, auto_id=_ids("note", action))

    def act():
        sent = form.sent
        note_through(link=link, action=action, fields=sent["fields"], file=sent["file"])

    return _save(request, token, link, action, {"note": form}, act, "Progress note added. Thank you.")


def _own_action(link, pk):
    return get_object_or_404(access.actions_of_link(link).select_related("recommendation"), pk=pk)


def _save(request, token, link, action, own_form, act, said):
    """Do what a valid form asks for and go back; otherwise show the page again, or both versions."""
    (form,) = own_form.values()
    back = f"{reverse('owner-link', args=[token])}#action-{action.pk}"
    if form.is_valid():
        try:
            act()
        except StaleVersion as stale:
            context = {"action": action, "back": back, "conflict": conflict(form, stale.current)}
            page = "evaluations/owner_link_conflict.html"
            return TemplateResponse(request, page, context, status=HTTPStatus.CONFLICT)
        except Gone:
            return _over(request)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect(back)
    return _show(request, token, link, {action.pk: own_form}, form)


def _show(request, token, link, sent=None, form=None):
    """Show the page; ``sent`` are the forms that came back, by the action's number, ``form`` that one.

    Closed actions are folded away and have forms only where one was asked for (``?action=12``) or came back.
    """
    today, sent = timezone.localdate(), sent or {}
    rows = actions_soonest_first(access.actions_of_link(link), today)
    with_forms = [
        action
        for action in rows
        if action.is_to_do or action.pk in sent or str(action.pk) == request.GET.get("action")
    ]
    context = {
        "link": link,
        "token": token,
        "rows": [(action, _forms(action, today) | sent.get(action.pk, {})) for action in with_forms],
        "closed": [action for action in rows if action not in with_forms],
        "error_links": form.error_links if form else [],
    }
    return TemplateResponse(request, "evaluations/owner_link.html", context)


def _forms(action, today):
    return {
        "report": ActionReportForm(instance=action, auto_id=_ids("report", action)),
        "note": ProgressForm(initial={"date": today}, auto_id=_ids("note", action)),
    }


def _ids(what, action):
    return f"{what}-{action.pk}-%s"


def _over(request):
    return TemplateResponse(request, "evaluations/owner_link_over.html", {}, status=HTTPStatus.NOT_FOUND)
