"""The record of access, for its page and its file."""

from dataclasses import dataclass

from evaluations import access
from evaluations.forms.audit import AuditForm
from evaluations.models import VerbGroup
from evaluations.queries.audit import narrowed, people_in
from evaluations.queries.history import name_of
from evaluations.report.words import day


@dataclass(frozen=True)
class AuditScreen:
    """The form as sent, the events that it leaves with their users, and the filters in words."""

    form: AuditForm
    events: object
    filters: tuple


def read_audit(member, sent):
    """Return the ``AuditScreen`` of an evaluation, narrowed as an address asks; none if it asks wrongly."""
    events = access.audit_for(member)
    participants = access.participants_for(member)
    form = AuditForm(sent, people=people_in(events), participants=participants, name=name_of)
    if not form.is_valid():
        return AuditScreen(form, events.none(), ())
    chosen = form.chosen(who="who", group="group", since="since", until="until")
    code = form.cleaned_data["participant"]
    about = participants.get(code=code) if code else None
    events = narrowed(events, participant=about, **chosen).select_related("user")
    return AuditScreen(form, events, tuple(_in_words(about, **chosen)))


def _in_words(about, *, who=None, group="", since=None, until=None):
    if who:
        yield f"By {name_of(who)}"
    if group:
        yield VerbGroup(group).label
    if about:
        yield f"About participant {about.code}"
    if since:
        yield f"From {day(since)}"
    if until:
        yield f"Until {day(until)}"
