"""Reading which barriers recommendations answer: the frames that ``analysis.coverage`` takes."""

from collections import defaultdict

import pandas as pd


def place_frame(rows):
    """Return findings or recommendations in their order: a frame with id, strand (slug) and condition."""
    return pd.DataFrame.from_records(
        rows.values_list("pk", "strand__slug", "condition"), columns=["id", "strand", "condition"]
    )


def link_frame(recommendations, findings):
    """Return the links between the given recommendations and barriers: recommendation and finding, by number.

    ``findings`` are those the reader may learn of: a link to another one is not told.
    """
    links = recommendations.filter(barriers__in=findings).order_by().values_list("pk", "barriers")
    return pd.DataFrame.from_records(links, columns=["recommendation", "finding"])


def barriers_by_recommendation(recommendations, findings):
    """Return ``{recommendation: [text of a barrier, ...]}`` of those the reader may know. One query."""
    rows = findings.filter(recommendations__in=[row.pk for row in recommendations])
    found = defaultdict(list)
    for number, text in rows.values_list("recommendations", "text"):
        found[number].append(text)
    return found
