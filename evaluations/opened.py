"""What was written before a participant withdrew is not saved after it: their words must not come back.

Every form of an evaluation carries a mark beside its CSRF token (``templatetags/forms.py``), also those of
private links and of phones in workshops, which have no member and ask ``text_from_before``. Text from a
form that was opened before a withdrawal is not stored, not as a set-aside text either: the sender gets it
back on a page, to look through. Nothing of the words that went is kept to tell them by.

Beside it stands for whom the page was made: nobody saves in their name what another typed.
"""

import re
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from evaluations.access import is_from_before, sender_mark
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
        """Answer 423 with what was sent, or let the request pass."""
        slug, route = view_kwargs.get("slug"), request.resolver_match.view_name
        if request.method != "POST" or slug is None:
            return None
        if request.user.is_authenticated and _is_of_another(request):
            return _not_theirs(request)
        if route in LOOKING_THEMSELVES:
            return None
        mark, texts = request.POST.get(MARK), typed(request)
        if mark and texts and request.user.is_authenticated and is_from_before(request.user, slug, mark):
            came_from = request.headers.get("Referer", "")
            is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
            back = came_from if is_ours else reverse("evaluation-overview", args=[slug])
            return _given_back(request, texts, back)
        return None


def text_from_before(request, opened, back):
    """Let the forms of a page without a member carry ``opened`` (``access.opened_mark``).

    Returns the answer to text from a form that carries another mark, which leads ``back``; else None.
    """
    request.opened = opened
    mark, texts = request.POST.get(MARK), typed(request)
    is_before = mark and texts and not constant_time_compare(mark, opened)
    return _given_back(request, texts, back) if is_before else None


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
