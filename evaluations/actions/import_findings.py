"""Rows of findings in an import: a finding by its cell and words, a quotation by its words and place."""

from evaluations import ranges
from evaluations.importing.rows import same_words
from evaluations.models import Finding, FindingQuotation, FindingStatus, Lasting, Passage, Quotation

from .import_draft import InDoubt, Objection


class FindingRows:
    """Takes rows of findings, each with a quotation or without, into a ``Draft``."""

    def __init__(self, draft):
        self.draft, self.known = draft, draft.known

    def take(self, row):
        """Take a row and say whether it brings something new. Raises Objection and InDoubt."""
        self._check_not_blind(row)
        strand = self.draft.strand(row["strand"], "strand")
        cell = (strand.pk, row["kind"], row["condition"])
        key = (*cell, same_words(row["text"]))
        finding = self.known.findings.get(key)
        if finding and finding.removed_at:
            return False
        evidence = self._evidence(row, finding) if row["quotation"] else None
        if finding is None:
            finding = self.known.findings[key] = self._new_finding(row, strand, cell)
        elif finding.pk is None:
            self._check_agrees(row, finding)
            if evidence is None:
                return False
        if evidence:
            self._attach(finding, strand, *evidence)
        return finding.pk is None or evidence is not None

    def _check_not_blind(self, row):
        """Object before anything is compared, which would tell how others coded the interview."""
        if self.known.is_blind_to(row["interview"]):
            raise Objection(
                "interview",
                f"You are coding {row['interview']} blind. Bring this in when that is finished.",
            )

    def _new_finding(self, row, strand, cell):
        position, self.known.ends[cell] = self.known.ends[cell], self.known.ends[cell] + 1
        return self.draft.add(
            Finding,
            strand=strand,
            kind=row["kind"],
            condition=row["condition"],
            text=row["text"],
            note=row["note"],
            lasting=row["lasting"] or Lasting.NOT_JUDGED,
            holder=row["holder"],
            status=row["status"] or FindingStatus.DRAFT,
            position=position,
        )

    def _check_agrees(self, row, finding):
        for name in ("note", "lasting", "holder", "status"):
            if row[name] and row[name] != getattr(finding, name):
                raise Objection(name, "An earlier row of this file says something else of the same finding.")

    def _evidence(self, row, finding):
        """Return what a quotation is known by, and fields for a new one; None when the finding has it."""
        interview, speaker = self._who(row)
        if finding and same_words(row["quotation"]) in self.known.links.get(_handle(finding), ()):
            return None
        answer, span, words = self._passage(row) if interview else (None, None, row["quotation"])
        key = (same_words(words), _handle(answer), _handle(speaker))
        fields = {"text": words, "speaker": speaker, "kind": row["kind"], "condition": row["condition"]}
        if answer:
            fields |= {"answer": answer, "start": span[0], "end": span[1], "passage": Passage.IN_PLACE}
        return key, fields

    def _who(self, row):
        """Return the interview in which a quotation was said and who said it; either may be None."""
        code, speaker = row["interview"], row["speaker"] and self.draft.person(row["speaker"], "speaker")
        if not code:
            return None, speaker or None
        if code not in self.known.interviews:
            if code in self.draft.doubts.people:
                raise InDoubt
            raise Objection(
                "interview",
                f"There is no interview {code} yet. Import it first, or put its rows in the file.",
            )
        present = self.known.took_part[code]
        if speaker and speaker.code not in present and not self.draft.doubts.may_include(code, speaker.code):
            raise Objection("speaker", f"{speaker.code} took no part in {code}.")
        if not speaker and len(present) == 1:
            speaker = self.draft.person(next(iter(present)), "interview")
        return self.known.interviews[code], speaker or None

    def _passage(self, row):
        """Return the answer in which a quotation stands, its range, and its words as they stand there."""
        answers = self.known.said.get(row["interview"], [])
        for answer in sorted(answers, key=lambda answer: answer.condition != row["condition"]):
            at = answer.text.find(row["quotation"])
            alike = [] if at >= 0 else ranges.ranges_alike(row["quotation"], answer.text)
            if at >= 0 or alike:
                start, end = (at, at + len(row["quotation"])) if at >= 0 else alike[0]
                return answer, (start, end), answer.text[start:end]
        if self.draft.doubts.may_hold(row["interview"], row["quotation"]):
            raise InDoubt
        raise Objection(
            "quotation",
            f"These words do not stand in {row['interview']}, word for word. Correct them, or leave "
            "“Interview” empty.",
        )

    def _attach(self, finding, strand, key, fields):
        quotation = self.known.quotations.get(key)
        if quotation is None:
            quotation = self.known.quotations[key] = self.draft.add(Quotation, strand=strand, **fields)
        words = self.known.links.setdefault(_handle(finding), set())
        self.draft.add(FindingQuotation, finding=finding, quotation=quotation, position=len(words))
        words.add(same_words(quotation.text))


def _handle(row):
    """Return what tells a row apart, saved or not; None for no row."""
    return row and (row.pk or ("new", id(row)))
