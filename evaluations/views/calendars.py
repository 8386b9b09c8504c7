"""A member's calendar of due dates: its page, and the file behind its secret address."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from evaluations import access
from evaluations.actions.calendars import make_calendar, stop_calendar
from evaluations.actions.setup import token_hash
from evaluations.exporting.calendar import calendar_file
from evaluations.queries.reminders import dated_entries


def calendar_detail(request, slug):
    """Say what a member's calendar is and whether there is one; make, replace or stop it."""
    member = access.evaluation_for(request.user, slug)
    if request.POST.get("act") == "stop":
        stop_calendar(evaluation=member.evaluation, by=request.user)
        messages.success(request, "Your calendar is stopped: its address no longer works.")
        return redirect("calendar-detail", slug=slug)
    context = {"member": member, "now": timezone.now()}
    if request.method == "POST":
        calendar, token = make_calendar(evaluation=member.evaluation, by=request.user)
        address = f"{settings.SITE_URL}{reverse('calendar-feed', args=[token])}"
        context |= {"calendar": calendar, "address": address}
    else:
        context["calendar"] = access.calendars_for(member).first()
    return TemplateResponse(request, "evaluations/calendar_detail.html", context)


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
@conditional_page
def calendar_feed(request, token):
    """Answer with a calendar while its secret address works."""
    member = access.open_calendar(token_hash(token))
    if member is None:
        said = "There is no such calendar. It may have been replaced or stopped.\n"
        return HttpResponse(said, status=404, content_type="text/plain; charset=utf-8")
    entries = dated_entries(**access.calendar_rows_for(member))
    host = urlsplit(settings.SITE_URL).hostname
    content = calendar_file(f"{member.evaluation}: due dates", entries, host=host)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
