"""Made-up English of the lengths that findings, quotations and answers have in the 2023 evaluation."""

WHO = (
    "Family mentors",
    "Health visitors",
    "Parent champions",
    "Commissioners",
    "The integrated care board",
    "The city council",
    "Children's centres",
    "Family hubs",
    "Voluntary organisations",
    "Midwives",
    "Early years practitioners",
    "Parents and carers",
    "The programme board",
    "Community groups",
    "Speech and language therapists",
    "Strategic leads",
    "Fathers' groups",
    "Library services",
    "Public health",
    "Neighbourhood teams",
    "Data analysts",
    "Local businesses",
)
DO = (
    "have begun to share",
    "still find it hard to keep",
    "now ask parents about",
    "have not yet agreed on",
    "take more account of",
    "depend on one person for",
    "no longer question",
    "have rewritten the rules for",
    "meet every month to go over",
    "were given more say in",
    "hear too late about",
    "have trained their staff in",
    "cannot see who decides on",
    "hold on to old habits in",
    "pooled what they had for",
    "trust each other more with",
    "lost the thread of",
    "put families first in",
)
WHAT = (
    "the budget for early help",
    "how referrals are made",
    "coproduction of new services",
    "breastfeeding support",
    "the language used with fathers",
    "home visits in the first weeks",
    "data about two-year-olds",
    "training that crosses organisations",
    "contracts that run for one year",
    "who is invited to meetings",
    "decisions about staffing",
    "the oral health specification",
    "what success looks like",
    "support in community languages",
    "the evidence from evaluations",
    "waiting lists for speech therapy",
    "play in parks and homes",
    "the handover from midwives to health visitors",
    "small grants for local groups",
    "how parents' experience is valued",
)
WHEN = (
    "since the pandemic",
    "in most wards",
    "where the same people stayed long enough to be known",
    "although money is short",
    "for example in Aspley, Bulwell and Hyson Green",
    "more proactively than before",
    "without a written agreement",
    "as families had asked for",
    "only as long as the programme pays for it",
    "at every level of the system",
    "and it shows in what parents say",
    "which nobody had expected",
    "because someone senior made room for it",
    "even when reports are due",
)
THEN = (
    "others have taken this up",
    "this has yet to reach every team",
    "some services have become less defensive",
    "it remains to be written down",
    "this rests on goodwill",
    "new staff hear of it by chance",
    "partners speak of it as normal practice",
    "nobody has been named to carry it on",
)
SAID = (
    "We just got on with it",
    "It was the same people in the room",
    "People are doing it and want to do it",
    "Nobody had asked us before",
    "I felt I could say it",
    "That's how it has always been",
    "You have to know whom to ring",
    "They listened, and then it changed",
    "The money was the easy part",
    "It smoothed the way",
    "We were invited in, properly",
    "I don't know what happens next year",
    "Dads came because another dad asked them",
    "It is in the strategy, it isn't yet in the diary",
)
SAID_WHY = (
    "because there was somebody to ask",
    "and that made all the difference",
    "but it took two years",
    "so we kept going",
    "whatever the plan said",
    "when the funding came through",
    "and I would say the same today",
    "as long as she is here",
)

SYLLABLES = (
    *("bra", "kel", "dor", "fen", "gri", "hul", "jas", "lum", "mor", "nev"),
    *("ost", "pim", "quil", "rud", "sel", "tarn", "ulv", "wex", "yar", "zod"),
)


def name_of(number):
    """Return a name that stands in no sentence of these, another one for each number.

    >>> name_of(1)
    'Kelbra Wexkel'
    """
    count = len(SYLLABLES) ** 2
    return f"{_word(number % count)} {_word((37 * number + number // count) % count)}"


def _word(number):
    last, first = divmod(number, len(SYLLABLES))
    return f"{SYLLABLES[first]}{SYLLABLES[last]}".capitalize()


class Writer:
    """Makes up texts, the same ones for the same ``random.Random``."""

    def __init__(self, random):
        self.random, self.pick = random, random.choice

    def finding(self):
        """Return a sentence of some 40 to 220 letters, about 100 in the middle."""
        parts = [self.pick(WHO), self.pick(DO), self.pick(WHAT)]
        length = self.random.random()
        if length > 0.3:
            parts.append(self.pick(WHEN))
        text = " ".join(parts)
        return f"{text}; {self.pick(THEN)}." if length > 0.75 else f"{text}."

    def said(self):
        """Return what somebody may have said, some 20 to 100 letters."""
        text = self.pick(SAID)
        return f"{text} {self.pick(SAID_WHY)}" if self.random.random() > 0.4 else text

    def title(self):
        """Return a recommendation's title of about 90 letters."""
        return f"Agree on {self.pick(WHAT)} and on {self.pick(WHAT)}, {self.pick(WHEN)}"

    def answer(self, quoted):
        """Return an answer that holds ``quoted`` among other sentences, and where each of them stands."""
        text, places = self.finding(), []
        for words in quoted:
            start = len(text) + 1
            places.append((start, start + len(words)))
            text = f"{text} {words}. {self.finding()}"
        return f"{text} {self.finding()}", places
