"""Everything that the report is made of, read once, for readers."""

from dataclasses import dataclass
from datetime import date

from evaluations import access


@dataclass(frozen=True)
class ReportData:
    """What the report is made of, as it stands on a ``day``.

    ``report`` is what was decided of the whole of it, None without a row; ``sections`` are its rows by key;
    ``strands`` those that it is about.
    """

    evaluation: object
    day: date
    report: object
    sections: dict
    strands: tuple

    @property
    def title(self):
        """Return what the report is called."""
        return _title(self.report, self.evaluation)


def report_title(member):
    """Return what the report is called: as it was set, else as published before, else as the evaluation."""
    return _title(access.reports_for(member).first(), member.evaluation)


def report_strands(member):
    """Return the strands that the report is about, in order.

    Those that were chosen; without a choice those that come from interviews, and all where none does.
    """
    return _strands(member, access.reports_for(member).first())


def read_report(member, day):
    """Return the ``ReportData`` of a member's evaluation. A fixed number of queries."""
    report = access.reports_for(member).first()
    return ReportData(
        evaluation=member.evaluation,
        day=day,
        report=report,
        sections={row.key: row for row in access.sections_for(member)},
        strands=tuple(_strands(member, report)),
    )


def _title(report, evaluation):
    return (report.title if report else "") or evaluation.report_title or evaluation.title


def _strands(member, report):
    offered = list(access.strands_for(member))
    ids = set(report.strands.values_list("pk", flat=True)) if report else set()
    chosen = [strand for strand in offered if strand.pk in ids]
    return chosen or [strand for strand in offered if strand.from_interviews] or offered
