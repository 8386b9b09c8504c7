"""The summary for parents as a document: one prose text, a section for each of its headings."""

from evaluations.report.blocks import Section
from evaluations.report.prose import blocks_of


def summary_sections(row):
    """Return the text of the summary (an ``OutlineRow``) as sections."""
    return (Section(row.key, row.heading, blocks_of(row.text, about=f"section:{row.key}")),)
