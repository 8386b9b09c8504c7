"""The check before publishing: what in the report, as it would be published, may not reach readers yet.

It is made on the documents themselves, so that what is printed is what is checked. Names and contacts are
decrypted here to look for them and go no further: an entry tells the place and the participant's code.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import salted_hmac

from evaluations import access
from evaluations.analysis.sentences import listed
from evaluations.models import Attribution, Sector
from evaluations.queries.people import read_identities
from evaluations.queries.quotations import A_PARTICIPANT, attribution, reader_groups
from evaluations.report.passages import FRONT, Text, quotations_in, texts_of
from evaluations.report.people import Groups, People, Person, Rule
from evaluations.traces import RUN, Traces, Whole, words_of

from .report_data import report_sample, report_strands
from .report_places import Places

# Words that stand for a sector, and how many may stand between them and a number.
SECTOR_WORDS = {
    Sector.LOCAL_GOVERNMENT: ("local government", "council", "councils"),
    Sector.HEALTH: ("health",),
    Sector.PARENT: ("parent", "parents"),
    Sector.VOLUNTARY: ("voluntary",),
    Sector.UNIVERSITY: ("university", "universities"),
    Sector.PROGRAMME: ("programme team", "programme staff"),
}
NEAR = 4
FINGERPRINT = 16  # letters
OWNED = re.compile(r"s['’] ")  # in the name of a thing, as "Parents’ Table", and of no kind of people
SAYS = {Rule.NAME: "the name of {code} in full", Rule.CONTACT: "how to reach {code}"}
NOT_RECORDED = "somebody who is not recorded"
WAITS = {
    access.Waits.ASK: "they have still to be asked",
    access.Waits.APPROVE: "nobody has approved it",
    access.Waits.REFUSED: "they refused these words",
    access.Waits.NEVER: "there is no consent",
}


class Weight(StrEnum):
    """What an entry means for publishing."""

    BLOCKS = "blocks"
    ASKS = "asks"
    TOLD = "told"


@dataclass(frozen=True)
class Entry:
    """One thing that the check found.

    ``place`` says where, ``words`` what, ``link`` is (what it says, address) of the screen where it is
    mended, ``said`` the sentence that was found, unless it names somebody. One that asks has a ``subject``
    under which it can be accepted, and the ``acceptance`` if it was.
    """

    weight: Weight
    place: str
    words: str
    link: tuple
    subject: str = ""
    acceptance: object = None
    said: str = ""

    @property
    def is_open(self):
        """Say whether it has to be resolved before publishing."""
        return self.weight is Weight.BLOCKS or (self.weight is Weight.ASKS and self.acceptance is None)


@dataclass(frozen=True)
class Part:
    """What one part of the check found, as ``Entry`` objects; ``nothing`` is what it says without any."""

    key: str
    heading: str
    nothing: str
    entries: tuple

    @cached_property
    def open(self):
        """Return what has to be resolved."""
        return [entry for entry in self.entries if entry.is_open]

    @cached_property
    def accepted(self):
        """Return what was asked about and accepted."""
        return [entry for entry in self.entries if entry.acceptance]

    @cached_property
    def told(self):
        """Return what is only told."""
        return [entry for entry in self.entries if entry.weight is Weight.TOLD]


@dataclass(frozen=True)
class Check:
    """The whole check."""

    parts: tuple

    @property
    def open(self):
        """Return how many things have to be resolved before publishing."""
        return sum(len(part.open) for part in self.parts)

    def asked(self, subject):
        """Return the entry that asks under a ``subject``, None when nothing does (any more)."""
        entries = (entry for part in self.parts for entry in part.entries)
        return next((entry for entry in entries if subject and entry.subject == subject), None)


def read_check(member, documents, *, answers=True):
    """Return the ``Check`` of ``documents`` as a member would publish them. A fixed number of queries.

    Without ``answers`` it does not tell which interviews name somebody, for which it reads every answer.
    """
    texts = [text for document in documents for text in texts_of(document)]
    rows = access.passage_acceptances_for(member).filter(removed_at__isnull=True).select_related("by")
    found = _Found(member, texts, Places(member), {row.subject: row for row in rows})
    strands = report_strands(member)
    blind = tuple(_coded_blind(member))
    parts = (
        *([Part("blind", "Interviews that you code blind", "", blind)] if blind else ()),
        Part(
            "quotations",
            "Quotations that may not reach readers",
            "Every quotation behind what the report says may reach readers, and no text holds the words of "
            "one that may not.",
            (*_copied(found), *_left_out(found, strands), *_typed(found)),
        ),
        Part(
            "names",
            "Names and contacts of participants",
            "No text of the report holds the name or the contact of a participant.",
            (*_named(found), *(_named_in_answers(found) if answers else ())),
        ),
        Part(
            "groups",
            f"Groups under {settings.SMALLEST_GROUP} people",
            "No breakdown and no attribution tells of so small a group.",
            (*_counted(found), *_masked(found, documents)),
        ),
        Part(
            "strands",
            "Where strands come from",
            "Every strand in the report that does not come from interviews says where it comes from.",
            (*_unexplained(found, strands),),
        ),
    )
    return Check(parts)


def check_note(member, note):
    """Return what in a note that readers read beside a version has to be reworded, as sentences."""
    found = _Found(member, [Text(note, "note", FRONT, ())], Places(member), {})
    entries = (*_copied(found), *_named(found), *_counted(found))
    return [entry.words for entry in entries if entry.is_open and not entry.place]


@dataclass(frozen=True)
class _Found:
    """What the parts of the check share: the texts as printed, where they are mended, what was accepted."""

    member: object
    texts: list
    places: Places
    acceptances: dict

    @cached_property
    def identities(self):
        """Return who the participants are, as ``read_identities`` does."""
        return read_identities(access.identities_for(self.member))

    @cached_property
    def codes(self):
        """Return ``{number of a participant: code}`` of everybody who is looked for."""
        return {key: code for code, key, *_ in self.identities}

    @cached_property
    def people(self):
        """Return the participants to look for."""
        return People([Person(key, *said) for _, key, *said in self.identities if said[0] is not None])

    def entry(self, weight, text, words, rule="", *, said=""):
        """Return an entry on a text; ``rule`` and the text make the subject of one that asks."""
        subject = f"{rule}:{text.about}:{_fingerprint(text.text)}" if weight is Weight.ASKS else ""
        link = self.places.of(text.about, text.section)
        said = "" if self.people.find(said) else said
        return Entry(weight, ", ".join(text.where), words, link, subject, self.acceptances.get(subject), said)


def _coded_blind(member):
    """Yield each interview that a member codes blind."""
    rounds = access.blind_rounds_of(member).order_by("interview__code")
    for code in rounds.values_list("interview__code", flat=True):
        words = (
            "You are coding it blind, so you must not see what others coded in it, and cannot publish. "
            "Finish that first, or ask another evaluator to publish."
        )
        link = ("Go on coding it blind", reverse("second-coding-detail", args=[member.evaluation.slug, code]))
        yield Entry(Weight.BLOCKS, f"Interview {code}", words, link)


def _fingerprint(text):
    """Return what tells a text from another one; who lacks the secret key cannot try words on it."""
    return salted_hmac("a passage that was accepted", text, algorithm="sha256").hexdigest()[:FINGERPRINT]


def _copied(found):
    """Yield each text that holds the words of a quotation that may not reach readers.

    A quotation of so few words that others may use them too is asked about.
    """
    member = found.member
    closed = _closed(member)
    evaluation = member.evaluation
    open_words = [
        *(evaluation.title, evaluation.programme, evaluation.report_title),
        *access.strands_for(member).values_list("name", flat=True),
        *access.participants_for(member).values_list("organisation", flat=True),
        *access.quotations_for(member, access.Audience.READERS).values_list("text", flat=True),
    ]
    look_for = [said for *_, said in closed]
    traces, whole = Traces(look_for, names=open_words), Whole(look_for, names=open_words)
    spoken = [(_runs(said), code) for _, code, said in closed if code]
    short = [(key, code, words_of(said)) for key, code, said in closed]
    for text in (text for text in found.texts if text.quotation is None):
        held = whole.find(text.text)
        if traces.strike(text.text) != text.text or any(len(words) >= RUN for words in held):
            runs = _runs(text.text)
            whose = listed(sorted({code for words, code in spoken if runs & words}), "or")
            words = f"Holds words of a quotation of {whose or NOT_RECORDED}."
            yield found.entry(Weight.BLOCKS, text, words)
        elif held:
            for key, code in sorted({key: code for key, code, words in short if words in held}.items()):
                words = f"Holds the few words of a quotation of {code or NOT_RECORDED}. Are they theirs?"
                yield found.entry(Weight.ASKS, text, words, f"quotation:{key}")


def _closed(member):
    """Return ``[(number, code of the speaker, words)]`` of what may not reach readers, earlier words too."""
    told = "pk", "speaker__code", "text"
    seen = access.quotations_for(member, access.Audience.EVALUATORS).filter(reaches_readers=False)
    rows = [*seen.values_list(*told), *access.removed_quotations_for(member).values_list(*told)]
    codes = {key: code for key, code, _ in rows}
    earlier = access.earlier_words_for(member).values_list("quotation", "text")
    return [*rows, *((key, codes[key], text) for key, text in earlier if key in codes)]


def _runs(text):
    """Return each run of four words of a text; all of its words when they are fewer."""
    words = words_of(text)
    return {words[at : at + RUN] for at in range(max(1, len(words) - RUN + 1))}


def _left_out(found, strands):
    """Yield each quotation behind what the report says that readers do not see."""
    member, readers = found.member, access.Audience.READERS
    waiting = access.waiting_quotations_for(member).filter(
        Q(findings__in=access.findings_for(member, readers).filter(strand__in=strands))
        | Q(recommendations__in=access.recommendations_for(member).filter(strand__in=strands))
        | Q(reflection_points__in=access.points_for(member, readers))
    )
    queue = reverse("consent-queue", args=[member.evaluation.slug])
    for key, code, waits in waiting.order_by("pk").distinct().values_list("pk", "speaker__code", "waits"):
        words = f"Left out of the report: {WAITS[access.Waits(waits)]}."
        link = ("Look at consent", f"{queue}?{urlencode({'show': waits, 'participant': code or ''})}")
        yield Entry(Weight.TOLD, f"Quotation {key}, {code or 'speaker not recorded'}", words, link)


def _typed(found):
    """Yield each quotation that somebody typed, which readers take for a participant's."""
    for text in found.texts:
        if text.is_typed:
            words = "Typed by hand, linked to no quotation: readers take it for what a participant said."
            yield found.entry(Weight.TOLD, text, words, said=text.text)


def _named(found):
    """Yield each text that names a participant or tells how to reach them."""
    agreed = set(
        access.participants_for(found.member)
        .filter(attribution=Attribution.NAMED, withdrawn_on__isnull=True)
        .values_list("pk", flat=True)
    )
    yield from _unreadable(found, [(code, key) for code, key, name, _ in found.identities if name is None])
    for text in found.texts:
        for key, rule in sorted(found.people.find(text.text)):
            code = found.codes[key]
            if key in agreed and rule is not Rule.CONTACT:
                yield found.entry(Weight.TOLD, text, f"Names {code}, who agreed to be named.")
            elif rule is Rule.PART:
                words = f"A word here is part of the name or the contact of {code}. Is it about them?"
                yield found.entry(Weight.ASKS, text, words, f"name:{key}")
            else:
                yield found.entry(Weight.BLOCKS, text, f"Tells {SAYS[rule].format(code=code)}.")


def _unreadable(found, people):
    for code, key in people:
        words = f"The name of {code} cannot be read, so it was not looked for: its key is missing."
        link = (f"Open {code}", reverse("participant-detail", args=[found.member.evaluation.slug, code]))
        subject = f"name:{key}:unreadable"
        yield Entry(Weight.ASKS, "The whole report", words, link, subject, found.acceptances.get(subject))


def _named_in_answers(found):
    """Yield each interview whose answers hold the name or the contact of a participant."""
    member, named = found.member, defaultdict(set)
    for interview, text in access.answers_for(member).values_list("interview__code", "text").iterator():
        named[interview].update(found.codes[key] for key, _ in found.people.find(text))
    for interview in (interview for interview, codes in named.items() if codes):
        who = listed(sorted(named[interview]))
        words = f"Answers name {who}. They stay with the evaluators: take care when you quote."
        link = (f"Open {interview}", reverse("interview-detail", args=[member.evaluation.slug, interview]))
        yield Entry(Weight.TOLD, f"Interview {interview}", words, link)


def _counted(found):
    """Yield each text that gives a number under five of people of a sector or an organisation."""
    sectors = [(sector.label, words, NEAR) for sector, words in SECTOR_WORDS.items()]
    organisations = access.participants_for(found.member).exclude(organisation="").order_by("organisation")
    names = organisations.values_list("organisation", flat=True).distinct()
    things = [*access.strands_for(found.member).values_list("name", flat=True)]
    terms = [term for pair in found.member.evaluation.glossary.items() for term in pair]
    things += [term for term in terms if OWNED.search(term)]
    groups = Groups(sectors, things), Groups([(name, [name], None) for name in names])
    for text in (text for text in found.texts if text.quotation is None):
        counted = {name: said for group in groups for name, said in group.find(text.text).items()}
        if counted:
            said = " ".join(dict.fromkeys(counted.values()))
            named = listed([f"“{name}”" for name in sorted(counted)])
            words = f"Gives a small number beside {named}. Could somebody be recognised by it?"
            yield found.entry(Weight.ASKS, text, words, "small", said=said)


def _masked(found, documents):
    """Yield what is told of small groups in other words: sectors in a breakdown, attributions."""
    member, smallest = found.member, settings.SMALLEST_GROUP
    slug = member.evaluation.slug
    sample = report_sample(member, report_strands(member))
    if sample.masked:
        named = listed([Sector(sector).label for sector, _ in sample.masked])
        link = ("Open the participants", reverse("participant-list", args=[slug]))
        how = "left out" if sample.is_too_small else "shown together"
        words = f"{named}: {how}, so that no group under {smallest} people can be made out."
        yield Entry(Weight.TOLD, "Breakdown by sector", words, link)
    printed = {key for document in documents for key in quotations_in(document)}
    groups = reader_groups(*access.speakers_for_readers(member))
    rows = access.quotations_for(member, access.Audience.READERS).filter(pk__in=printed, source__isnull=True)
    asked = rows.filter(speaker__attribution__in=[Attribution.SECTOR, Attribution.ORGANISATION])
    for row in asked.select_related("speaker", "source").order_by("pk"):
        if attribution(row, groups) == A_PARTICIPANT:
            speaker = row.speaker
            words = (
                f"Reads “{A_PARTICIPANT}”: fewer than {smallest} people share their {speaker.attribution}."
            )
            link = (f"Open {speaker}", reverse("participant-detail", args=[slug, speaker.code]))
            yield Entry(Weight.TOLD, f"Quotation {row.pk}, {speaker}", words, link)


def _unexplained(found, strands):
    """Yield each strand in the report that does not come from interviews and does not say from where."""
    slug = found.member.evaluation.slug
    for strand in strands:
        if not strand.from_interviews and not strand.provenance_note.strip():
            words = "Does not come from interviews: say where it comes from."
            link = (f"Open {strand.name}", reverse("strand-edit", args=[slug, strand.slug]))
            yield Entry(Weight.BLOCKS, strand.name, words, link)
