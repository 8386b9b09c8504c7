"""Reading where the work of an evaluation stands."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone

from evaluations.replica import figures, number_of

WARN_BEFORE = timedelta(weeks=6)


@dataclass(frozen=True)
class State:
    """Counts that the overview shows, and that decide what to do next."""

    strands: int
    interviews: int
    interviews_by_status: dict
    drafts: int
    ready: int
    waiting_quotations: int
    answered: int
    ambitions: int
    published_on: date | None
    to_comment: int
    to_answer: int
    names_go_on: date | None
    to_withdraw_again: list
    headlines: object

    @property
    def names_are_overdue(self):
        """Say whether the day on which names go has passed, and they are still there."""
        return self.names_go_on is not None and self.names_go_on < timezone.localdate()


def state(
    *,
    strands,
    interviews,
    findings,
    ready,
    quotations,
    recommendations,
    ambitions,
    versions,
    to_comment,
    to_answer,
    names_go_on,
    identities,
    to_withdraw_again,
    headlines,
):
    """Return the ``State`` of an evaluation from rows that were scoped to a member.

    ``ready`` is how many findings readers see; ``quotations`` carry ``reaches_readers``; ``versions`` are the
    published ones, newest first; ``headlines`` are the tracker's figures; ``to_comment`` is how many shared
    drafts wait for the member's comment, ``to_answer`` how many comments for their answer. On
    ``names_go_on`` the ``identities`` are deleted: it is told some weeks before, if there are any.
    ``to_withdraw_again`` are codes of participants whose words an older backup brought back.
    """
    is_soon = names_go_on is not None and names_go_on - timezone.localdate() <= WARN_BEFORE
    by_status = dict(figures(interviews, "status", n=Count("pk")))
    return State(
        strands=len(strands),
        interviews=sum(by_status.values()),
        interviews_by_status=by_status,
        drafts=number_of(findings.filter(status="draft")),
        ready=ready,
        waiting_quotations=number_of(quotations.filter(reaches_readers=False)),
        answered=number_of(recommendations.filter(source="added").exclude(response="none")),
        ambitions=number_of(ambitions),
        published_on=versions.values_list("published_on", flat=True).first(),
        to_comment=to_comment,
        to_answer=to_answer,
        names_go_on=names_go_on if is_soon and identities.exists() else None,
        to_withdraw_again=to_withdraw_again,
        headlines=headlines,
    )
