"""What of second codings a member sees; who codes blind sees nothing of the interview’s other codes."""

from django.db.models import Exists, OuterRef, Q

from evaluations.models import BlindCode, CodingRound, CodingUnit

from .rules import confidential


def blind_rounds_of(member):
    """Return the open rounds in which the member is the second coder."""
    return CodingRound.objects.filter(
        evaluation=member.evaluation, second=member.user, closed_at__isnull=True
    )


def rounds_for(member):
    """Return the second codings, cancelled ones left out: all to evaluators, none to anybody else."""
    rows = CodingRound.objects.filter(evaluation=member.evaluation, is_cancelled=False)
    return confidential(member, rows)


def blind_codes_for(member):
    """Return the codes of second coders to evaluators: one's own, and those of closed rounds.

    Of an interview that somebody codes blind, that person sees no other round's until they have finished.
    """
    rows = BlindCode.objects.filter(evaluation=member.evaluation)
    blind = blind_rounds_of(member).filter(interview=OuterRef("round__interview"))
    seen = Q(round__closed_at__isnull=False) & ~Q(Exists(blind)) | Q(round__second=member.user)
    return confidential(member, rows.filter(seen))


def coding_units_for(member):
    """Return the units of closed second codings, how they were settled included: evaluators only.

    Of an interview that somebody codes blind once more, that person sees none until they have finished.
    """
    rows = CodingUnit.objects.filter(evaluation=member.evaluation)
    blind = blind_rounds_of(member).filter(interview=OuterRef("round__interview"))
    return confidential(member, rows.exclude(Exists(blind)))
