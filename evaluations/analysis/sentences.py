"""Sentences that read the figures of strands: every number is one of them, and "most" is above half."""

from evaluations.conditions import Condition, Kind, Tangibility

ONE_BY_ONE = 3  # strands that a sentence takes one by one; more are told in groups


def read(strands, kind):
    """Return one sentence on which side of the waterline the findings of a kind lie in each strand.

    ``strands`` are ``StrandFigures``, at least one of them with such a finding.
    """
    ordered = sorted(strands, key=lambda strand: -_intangible_part(strand, kind))
    clauses = _by_strand(ordered, kind) if len(ordered) <= ONE_BY_ONE else _by_group(ordered, kind)
    return "; ".join(clauses) + "."


def listed(parts, last="and"):
    """Return parts of a sentence as they are said: ``a``, ``a and b``, ``a, b and c``; nothing for none."""
    return f" {last} ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _intangible_part(strand, kind):
    total = strand.total(kind)
    return strand.side(kind, Tangibility.INTANGIBLE) / total if total else -1


def _by_strand(strands, kind):
    return [_clause(strand, kind, first=place == 0) for place, strand in enumerate(strands)]


def _clause(strand, kind, *, first):
    """Read one strand: figures as n of all; of barriers the condition that leads by itself."""
    total = strand.total(kind)
    intangible = strand.side(kind, Tangibility.INTANGIBLE)
    if not total:
        return f"{strand.name} has no {kind.plural}"
    if intangible * 2 == total:
        whose = _upper(_whose(strand, kind)) if first else f"those of {strand.name}"
        return f"{whose} are evenly split, {intangible} tangible and {intangible} intangible"
    side = _side(strand, kind)
    part = strand.side(kind, side)
    how_many = "all" if part == total else "most"
    start = (
        f"{_upper(how_many)} of {_whose(strand, kind)} are" if first else f"in {strand.name} {how_many} are"
    )
    leader = _leader(strand, side) if kind is Kind.BARRIER else ""
    return f"{start} {side}, {part} of {total}{leader}"


def _whose(strand, kind):
    """Return ``Food’s barriers``, ``Fathers’ barriers``; a name that ends in brackets takes no apostrophe."""
    if strand.name.endswith(")"):
        return f"the {kind.plural} of {strand.name}"
    ending = "’" if strand.name.endswith("s") else "’s"
    return f"{strand.name}{ending} {kind.plural}"


def _upper(text):
    return text[0].upper() + text[1:]


def _side(strand, kind):
    """Return the side of the waterline that holds more than half, or None."""
    twice = strand.side(kind, Tangibility.INTANGIBLE) * 2
    if twice == strand.total(kind):
        return None
    return Tangibility.INTANGIBLE if twice > strand.total(kind) else Tangibility.TANGIBLE


def _leader(strand, side):
    counts = {c: strand.counts[Kind.BARRIER, c] for c in Condition if c.tangibility is side}
    most = max(counts.values())
    leaders = [condition for condition, count in counts.items() if count == most]
    if len(leaders) > 1:
        return ""
    verb = "sits" if most == 1 else "sit"
    return f", and {most} of these {verb} in {leaders[0].label.lower()}"


def _by_group(strands, kind):
    """Read many strands: those with the same side of the waterline together."""
    some = [strand for strand in strands if strand.total(kind)]
    groups = [
        (f"most are {side} in", [_n_of_all(s, kind, side) for s in some if _side(s, kind) is side])
        for side in (Tangibility.INTANGIBLE, Tangibility.TANGIBLE)
    ]
    halves = [_n_of_all(s, kind, Tangibility.TANGIBLE) for s in some if _side(s, kind) is None]
    groups.append(("half are tangible and half intangible in", halves))
    told = [f"{start} {listed(parts)}" for start, parts in groups if parts]
    none = [strand.name for strand in strands if not strand.total(kind)]
    if none:
        told.append(f"{listed(none)} {'has' if len(none) == 1 else 'have'} none")
    told[0] = f"Of the {kind.plural}, {told[0]}"
    return told


def _n_of_all(strand, kind, side):
    return f"{strand.name} ({strand.side(kind, side)} of {strand.total(kind)})"
