"""What was written before a participant withdrew is not saved after it: their words must not come back.

Every form of an evaluation carries a mark beside its CSRF token (``templatetags/forms.py``), also those of
private links and of phones in workshops, which have no member and ask ``unless_from_before``. Text from a
form that was opened before a withdrawal is not stored, not as a set-aside text either: the sender gets it
back on a page, to look through. Nothing of the words that went is kept to tell them by. What is saved while
a withdrawal is under way would slip between the two, and so would what undoing a step puts back: a member's
POST, and one with text that has none, is one transaction in which no withdrawal begins.

Beside it stands for whom the page was made: nobody saves in their name what another typed.
"""

import re
from contextlib import contextmanager
from http import HTTPStatus

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from evaluations.access import is_from_before, opened_mark, opened_now, sender_mark
from evaluations.actions.locks import keep_withdrawals_waiting
from evaluations.signin import is_asked_by_script
from evaluations.traces import RUN, words_of
from evaluations.unsent import is_from_our_page, sent_fields, unsent_page

MARK, SENDER = "opened", "sender"
# What forms carry beside what is typed: where to go back to, how a list is narrowed, which records are meant.
NOT_TYPED = {MARK, "back", "gap", "next", "query", "strands", "subject"}
# Letters of Chinese and Japanese, which put no spaces between words; a word has about two.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
UNSPACED_LETTERS = 2
# These look themselves, under a lock: what others said in interviews is saved all the same, and what the
# withdrawal's own page is sent holds no words.
LOOKING_THEMSELVES = {
    *("interview-detail", "interview-save", "interview-transcript", "interview-transcript-place"),
    *("section-edit", "section-save", "section-preview", "participant-withdraw"),
}


class OpenedBefore:
    """Refuses text from a form that was opened before a participant of its evaluation withdrew."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Answer 423 with what was sent, or as the view does."""
        slug, route = view_kwargs.get("slug"), request.resolver_match.view_name
        if request.method != "POST" or slug is None:
            return None
        if request.user.is_authenticated and _is_of_another(request):
            return _not_theirs(request)
        if route in LOOKING_THEMSELVES:
            return None
        with _no_withdrawal_meanwhile(slug=slug):
            mark, texts = request.POST.get(MARK), typed(request)
            if mark and texts and is_from_before(request.user, slug, mark):
                return _given_back(request, texts, _way_back(request, slug))
            return view_func(request, *view_args, **view_kwargs)


def unless_from_before(request, row, back, answer):
    """Return what ``answer()`` does, on a page without a member; ``row`` is what its address leads to.

    Its forms carry the mark of the row's evaluation (``withdrawn`` as ``access.WITHDRAWN``); text from one
    that carries another is given back, with a way ``back``.
    """
    mark, texts = request.POST.get(MARK), typed(request)
    if not (mark and texts):
        request.opened = opened_mark(row.evaluation_id, row.withdrawn)
        return answer()
    with _no_withdrawal_meanwhile(pk=row.evaluation_id):
        request.opened = opened_now(row.evaluation_id)
        is_before = not constant_time_compare(mark, request.opened)
        return _given_back(request, texts, back) if is_before else answer()


@contextmanager
def _no_withdrawal_meanwhile(**evaluation):
    """Make one transaction of what a request does, from the look at its mark to what it saves."""
    with transaction.atomic():
        keep_withdrawals_waiting(**evaluation)
        yield


def _way_back(request, slug):
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    return came_from if is_ours else reverse("evaluation-overview", args=[slug])


def typed(request):
    """Return the texts that a form sent and that are long enough to hold a copy (``traces``).

    A choice, a code and a day are not: a day has three words.
    """
    return [text for name, text in sent_fields(request) if name not in NOT_TYPED and _is_text(text)]


def _is_text(text):
    return len(words_of(text)) >= RUN or len(UNSPACED.findall(text)) >= RUN * UNSPACED_LETTERS


def _is_of_another(request):
    """Say whether a form was made for somebody else than who is signed in, as on a shared laptop."""
    mark = request.POST.get(SENDER)
    return bool(mark) and not constant_time_compare(mark, sender_mark(request.user))


def _not_theirs(request):
    """Refuse what one person wrote and another would save; it is shown, to be copied."""
    if is_asked_by_script(request):
        return JsonResponse({"error": "Somebody else is signed in"}, status=HTTPStatus.FORBIDDEN)
    return unsent_page(request, why="another", status=HTTPStatus.FORBIDDEN)


def _given_back(request, texts, back):
    if is_asked_by_script(request):
        return HttpResponse(status=HTTPStatus.LOCKED)
    context = {"texts": texts if is_from_our_page(request) else [], "back": back}
    return HttpResponse(render_to_string("words_taken_out.html", context), status=HTTPStatus.LOCKED)
