"""Taking part in a workshop from a phone: the code, a first name or none, dots, confirm or challenge, a note.

Nobody needs an account, and whoever has one is a phone like any other here. Whoever does not hold a phone
that joined gets one and the same answer for a code that never was one, a workshop that closed and one that
was removed.
"""

import re
import secrets
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from evaluations import access, attempts
from evaluations.actions import phones
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.setup import token_hash
from evaluations.codes import grouped, tidy
from evaluations.conditions import Kind
from evaluations.forms.phones import LONGEST_NOTE, CodeForm, PhoneJoinForm, WeighForm
from evaluations.opened import unless_from_before
from evaluations.queries.phones import ballot
from evaluations.signin import is_asked_by_script

A_DAY = 24 * 60 * 60
COOKIE_PATH = "/w/"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # as ``_new_token`` makes them


def at_the_door(view):
    """Make a view public, and give it the workshop with the code and the phone (None before it joined).

    A phone that joined is let in whatever else its address tries: a room shares one address. A note from a
    page that was opened before a participant withdrew is given back.
    """

    @login_not_required
    @never_cache
    @wraps(view)
    def answer(request, code):
        workshop = access.workshop_with(tidy(code))
        phone = workshop and access.phone_of(workshop, _held_hash(request, workshop))
        if not phone and attempts.are_used_up(request):
            return _stop(request, "evaluations/phone_limited.html", HTTPStatus.TOO_MANY_REQUESTS)
        if workshop is None or workshop.removed_at or not (phone or workshop.is_open):
            if not phone:
                attempts.count_wrong(request)
            return _stop(request, "evaluations/phone_enter.html", HTTPStatus.NOT_FOUND, _no_such(code))
        back = reverse("phone-detail", args=[workshop.shown_code])
        return unless_from_before(request, workshop, back, lambda: view(request, workshop, phone))

    return answer


@login_not_required
@never_cache
def phone_enter(request):
    """Ask for the code. Whether there is a workshop with it, its own address says."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("phone-detail", grouped(form.cleaned_data["code"]))
    return TemplateResponse(request, "evaluations/phone_enter.html", {"form": form})


@at_the_door
@require_safe
def phone_detail(request, workshop, phone):
    """Show where the workshop stands: joining, weighing, waiting, or that it is over."""
    if phone is None:
        return _join_page(request, workshop, PhoneJoinForm())
    round = _open_round(workshop)
    if round:
        return _weigh_page(request, workshop, phone, round)
    page = "evaluations/phone_waiting.html" if workshop.is_open else "evaluations/phone_closed.html"
    return TemplateResponse(request, page, _context(workshop, phone))


@at_the_door
def phone_join(request, workshop, phone):
    """Join; whoever joined already stays the same phone."""
    if request.method != "POST":
        return _to_phone(workshop)
    form = PhoneJoinForm(request.POST)
    if form.is_valid():
        token = _held(request, workshop) or _new_token()
        try:
            phones.join(workshop=workshop, token=token, name=form.cleaned_data["name"])
        except NotAllowedNow as error:
            form.add_error(None, str(error))
        else:
            return _give(_to_phone(workshop), workshop, token)
    return _join_page(request, workshop, form)


@at_the_door
def phone_weigh(request, workshop, phone):
    """Set what the phone says of one finding; a script gets all it says now, others the page again."""
    round = phone and _open_round(workshop)
    if request.method != "POST" or not phone:
        return _to_phone(workshop)
    if round is None or str(round.pk) != request.POST.get("round"):
        return _refused(request, workshop, phone, round, phones.VOTE_CLOSED)
    findings = access.findings_for_phone(round)
    try:
        finding = access.row_for(findings, request.POST, pk=0)
    except Http404:
        return _refused(request, workshop, phone, round, phones.FINDING_GONE)
    form = WeighForm(request.POST)
    if not form.is_valid():
        return _refused(request, workshop, phone, round, form.problem, finding)
    said = {"changes": form.changes, "turn": form.cleaned_data["turn"]}
    try:
        phones.weigh(phone=phone, round=round, finding=finding, among=findings, **said)
    except NotAllowedNow as error:
        return _refused(request, workshop, phone, round, str(error), finding)
    if is_asked_by_script(request):
        return JsonResponse(_state(workshop, phone, round))
    return _to_phone(workshop, f"#f{finding.pk}")


@at_the_door
def phone_finish(request, workshop, phone):
    """Note that the person has finished; going on to weigh takes it back."""
    round = phone and _open_round(workshop)
    if request.method == "POST" and round and str(round.pk) == request.POST.get("round"):
        try:
            phones.finish(phone=phone, round=round)
        except NotAllowedNow:
            return _to_phone(workshop)  # it closed at this moment, which the page says
    return _to_phone(workshop, "#finished")


@at_the_door
@ensure_csrf_cookie
@require_safe
def phone_state(request, workshop, phone):
    """Say to the script where the workshop stands and what this phone says; nothing of anybody else."""
    return JsonResponse(_state(workshop, phone, phone and _open_round(workshop)))


def _open_round(workshop):
    return access.open_round_of(workshop) if workshop.is_open else None


def _state(workshop, phone, round):
    """Return what the script asks for, for example ``{"now": "weighing", "round": 7, "weighed": {...}}``.

    ``shown`` is another one when the page in somebody's hand shows what it should no longer show, or not all.
    """
    if phone is None:
        return {"now": "joining"}
    if round is None:
        return {"now": "waiting" if workshop.is_open else "closed"}
    shown = _ballot(phone, round)
    state = {"now": "weighing", "round": round.pk, "shown": shown.fingerprint}
    return state | {"weighed": shown.weighed}


def _ballot(phone, round):
    return ballot(
        round,
        access.findings_for_phone(round),
        access.links_for_phone(round),
        access.quotations_for_phone(round),
        access.weighings_of(phone, round),
    )


def _refused(request, workshop, phone, round, message, finding=None):
    """Say why something was not saved; what was typed stays in its box."""
    if is_asked_by_script(request):
        answer = _state(workshop, phone, round) | {"message": message}
        return JsonResponse(answer, status=HTTPStatus.CONFLICT)
    note = request.POST.get("note", "")
    if finding:
        refused = {"id": finding.pk, "message": message, "note": note}
        return _weigh_page(request, workshop, phone, round, refused)
    context = _context(workshop, phone) | {"message": message, "typed": note}
    return TemplateResponse(request, "evaluations/phone_refused.html", context, status=HTTPStatus.CONFLICT)


def _weigh_page(request, workshop, phone, round, refused=None):
    shown = _ballot(phone, round)
    context = _context(workshop, phone) | {
        "round": round,
        "ballot": shown,
        "kind": Kind(round.kind),
        "others": [strand for strand in shown.strands if not strand.from_interviews],
        "refused": refused,
        "has_finished": phone.finished_round_id == round.pk,
        "longest_note": LONGEST_NOTE,
    }
    return TemplateResponse(request, "evaluations/phone_weigh.html", context)


def _join_page(request, workshop, form):
    """Return the page with its cookie already: a button that is pressed twice then joins once."""
    context = _context(workshop, None) | {"form": form}
    page = TemplateResponse(request, "evaluations/phone_join.html", context)
    return _give(page, workshop, _held(request, workshop) or _new_token())


def _context(workshop, phone):
    return {
        "workshop": workshop,
        "phone": phone,
        "keep_days": settings.WORKSHOP_KEEP_DAYS,
        "is_made_up": workshop.evaluation.is_made_up,
    }


def _no_such(code):
    return {"form": CodeForm(initial={"code": code[:40]}), "is_wrong": True}


def _stop(request, page, status, context=None):
    """Answer with a page, or to a script with its status alone."""
    if is_asked_by_script(request):
        return HttpResponse(status=status)
    return TemplateResponse(request, page, context or {}, status=status)


def _to_phone(workshop, place=""):
    return redirect(reverse("phone-detail", args=[workshop.shown_code]) + place)


def _cookie(workshop):
    return f"phone-{workshop.pk}"


def _new_token():
    return secrets.token_urlsafe(32)


def _held(request, workshop):
    """Return the token that a phone sends; nothing for what cannot be one, which may hold anything."""
    token = request.COOKIES.get(_cookie(workshop), "")
    return token if TOKEN.fullmatch(token) else ""


def _held_hash(request, workshop):
    token = _held(request, workshop)
    return token and token_hash(token)


def _give(response, workshop, token):
    response.set_cookie(
        _cookie(workshop),
        token,
        max_age=A_DAY,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
