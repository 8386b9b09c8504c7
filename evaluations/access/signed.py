"""Who sees signed texts: what stands, every member; what was taken back, evaluators alone."""

from evaluations.models import CellSummary, ComparisonReading

from .rules import confidential


def summaries_for(member):
    """Return the signed summaries of cells, which every member sees; those taken back nobody."""
    return _standing(CellSummary, member)


def taken_back_summaries_for(member):
    """Return the summaries that were taken back: all to evaluators, none to anybody else."""
    return _taken_back(CellSummary, member)


def readings_for(member):
    """Return the signed readings of comparisons, which every member sees; those taken back nobody."""
    return _standing(ComparisonReading, member)


def taken_back_readings_for(member):
    """Return the signed readings that were taken back: all to evaluators, none to anybody else."""
    return _taken_back(ComparisonReading, member)


def _standing(model, member):
    return model.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)


def _taken_back(model, member):
    return confidential(member, model.objects.filter(evaluation=member.evaluation, removed_at__isnull=False))
