"""A comparison as its page and its download show it: what was asked for, figures, what moved, the reading.

Whoever asks, it holds what readers see: no draft is in any figure.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from urllib.parse import urlencode

from evaluations import access
from evaluations.access import Audience
from evaluations.analysis.comparison import Comparison, compare
from evaluations.analysis.rounds import FindingLine, Move, compare_rounds
from evaluations.conditions import Condition, Kind
from evaluations.queries.comparison import counted, lines, lines_elsewhere, outcomes_of, rested_on
from evaluations.queries.readings import basis_of, shown_reading
from evaluations.queries.signed import ShownText

BY_DEFAULT = 2


@dataclass(frozen=True)
class Choice:
    """A strand that can be compared; ``member`` is the person in its evaluation.

    ``name`` is what the address calls it: its slug, and for another round ``@`` and the evaluation.
    """

    name: str
    strand: object
    member: access.Member
    is_earlier: bool

    @property
    def label(self):
        """Return its name on screen, with its evaluation where that is another round."""
        return f"{self.strand.name} ({self.member.evaluation.title})" if self.is_earlier else self.strand.name

    @property
    def from_interviews(self):
        """Say whether its findings come from interviews."""
        return self.strand.from_interviews

    @property
    def findings(self):
        """Return its findings that readers see."""
        return access.findings_for(self.member, Audience.READERS).filter(strand=self.strand)


@dataclass(frozen=True)
class ShownComparison:
    """What a comparison shows; ``result`` is None while fewer than two strands are chosen.

    ``rounds`` has one ``Rounds`` for each chosen strand beside the same strand of the round before it.
    ``signed`` is the reading that an evaluator signed, ``basis`` the fingerprint of the figures as they are.
    """

    offered: tuple
    chosen: tuple
    unknown: tuple
    result: Comparison | None = None
    rounds: tuple = ()
    signed: ShownText | None = None
    basis: str = ""

    @property
    def names(self):
        """Return what the address calls the chosen strands, in their order."""
        return [choice.name for choice in self.chosen]

    @property
    def is_round_to_round(self):
        """Say whether it is one strand in two rounds that is compared, and nothing beside."""
        return len(self.chosen) == 2 and len(self.rounds) == 1

    def choice(self, name):
        """Return the chosen strand of a name."""
        return next(choice for choice in self.chosen if choice.name == name)

    @property
    def groups(self):
        """Return what can be chosen: ``[(evaluation, choices)]``, this evaluation's strands first."""
        groups = defaultdict(list)
        for choice in self.offered:
            groups[choice.member.evaluation].append(choice)
        return list(groups.items())

    @property
    def query(self):
        """Return the chosen strands as they stand in the address."""
        return query_of(self.names)

    @property
    def public(self):
        """Return the chosen strands that do not come from interviews."""
        return [choice for choice in self.chosen if not choice.from_interviews]

    @cached_property
    def sentences(self):
        """Return the generated reading, one to three sentences; none with a strand not from interviews."""
        if self.result is None or not self.result.from_interviews:
            return ()
        moved = tuple(rounds.reading for rounds in self.rounds[:1] if rounds.reading)
        return (*moved, *self.result.sentences)

    @property
    def reading(self):
        """Return the reading in one text: the signed one, else the generated one, else nothing."""
        return self.signed.text if self.signed else " ".join(self.sentences)


def names_in(sent):
    """Return the names of strands in what was sent, None when it has no ``strands`` at all."""
    names = sent.get("strands")
    return None if names is None else names.split(",")


def query_of(names):
    """Return strands as they stand in the address: ``strands=a,b@earlier``."""
    return urlencode({"strands": ",".join(names)}, safe=",@")


def choices_for(member):
    """Return every strand that can be compared: those of the evaluation, then those of earlier rounds."""
    own = [Choice(strand.slug, strand, member, is_earlier=False) for strand in access.strands_for(member)]
    earlier = [
        Choice(f"{strand.slug}@{round.evaluation.slug}", strand, round, is_earlier=True)
        for round in access.earlier_rounds_for(member)
        for strand in access.strands_for(round)
    ]
    return (*own, *earlier)


def comparison_for(member, asked=None):
    """Return the ``ShownComparison`` of the strands called ``asked`` in the address, in that order.

    None asks for the first two strands; where there is one alone, for it and the round before. A name that
    means nothing here, or a round that the person is no member of, is among the ``unknown``.
    """
    offered = choices_for(member)
    by_name = {choice.name: choice for choice in offered}
    asked = _default(offered) if asked is None else list(dict.fromkeys(filter(None, asked)))
    chosen = tuple(by_name[name] for name in asked if name in by_name)
    unknown = tuple(name for name in asked if name not in by_name)
    if len(chosen) < 2:
        return ShownComparison(offered=offered, chosen=chosen, unknown=unknown)
    result = _figures(chosen)
    rounds = _rounds(chosen, result)
    basis = basis_of(_values(result, rounds))
    signed = shown_reading(access.readings_for(member), [choice.name for choice in chosen], basis)
    return ShownComparison(
        offered=offered,
        chosen=chosen,
        unknown=unknown,
        result=result,
        rounds=rounds,
        signed=None if result.is_empty else signed,  # of nothing that readers see, there is nothing to read
        basis=basis,
    )


def _default(offered):
    own = [choice for choice in offered if not choice.is_earlier]
    if len(own) == 1:
        own += [
            choice for choice in offered if choice.is_earlier and choice.strand.slug == own[0].strand.slug
        ]
    return [choice.name for choice in own[:BY_DEFAULT]]


def _figures(chosen):
    by_evaluation = {}
    for choice in chosen:
        by_evaluation.setdefault(choice.member.evaluation.pk, []).append(choice)
    scoped = []
    for choices in by_evaluation.values():
        member, suffix = choices[0].member, choices[0].name.removeprefix(choices[0].strand.slug)
        strands = [choice.strand for choice in choices]
        findings = access.findings_for(member, Audience.READERS).filter(strand__in=strands)
        links = access.counted_links_for(member, Audience.READERS).filter(finding__strand__in=strands)
        scoped.append((suffix, findings, links))
    return compare(
        counted([(suffix, findings) for suffix, findings, _ in scoped]),
        [(choice.name, choice.label, choice.from_interviews) for choice in chosen],
        rested_on(scoped),
    )


def _rounds(chosen, result):
    """Return what moved between each chosen strand and the same one, if chosen, of the round before it."""
    figures = {strand.slug: strand for strand in result.strands}
    places = {(choice.member.evaluation.pk, choice.strand.slug): choice for choice in chosen}
    found = []
    for later in chosen:
        earlier = places.get((later.member.evaluation.follows_id, later.strand.slug))
        if earlier:
            found.append(_two_rounds(earlier, later, figures[earlier.name], figures[later.name]))
    return tuple(found)


def _two_rounds(earlier, later, earlier_figures, later_figures):
    outcomes = outcomes_of(access.outcomes_for(later.member, Audience.READERS), earlier.strand, later.strand)
    seen = access.findings_for(later.member, Audience.READERS)
    elsewhere = lines_elsewhere(seen, later.strand, {after for _, after, _ in outcomes if after})
    return compare_rounds(
        earlier=earlier_figures,
        later=later_figures,
        earlier_findings=_lines(lines(earlier.findings)),
        later_findings=_lines(lines(later.findings)),
        outcomes=outcomes,
        elsewhere=_lines(elsewhere),
    )


def _lines(rows):
    return [FindingLine(*row) for row in rows]


def _values(result, rounds):
    """Return the figures as plain values, for their fingerprint."""
    for strand in result.strands:
        for (kind, condition), count in strand.counts.items():
            yield strand.slug, kind, condition, count
    for two in rounds:
        for kind, condition, move in product(Kind, Condition, Move):
            yield two.later.slug, f"{kind} {move}", condition, two.count(kind, move, condition)
