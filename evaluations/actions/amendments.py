"""What a withdrawal takes out of published versions: words, quotations, a name, an organisation.

A version in which nothing of theirs stands stays as it was published, with its files.
"""

from django.utils import timezone

from evaluations.models import PublishedVersion, ReportFile
from evaluations.report.blocks import as_data, document_from
from evaluations.report.passages import change_texts

LONGEST_TITLE = PublishedVersion._meta.get_field("title").max_length


def find_amendments(evaluation, leaving):
    """Yield each published version that holds something of who leaves, as it is without; saves nothing."""
    for version in PublishedVersion.objects.filter(evaluation=evaluation).order_by("number"):
        before = (version.title, version.note, version.documents)
        version.title = leaving.change(version.title)[:LONGEST_TITLE]
        version.note = leaving.change(version.note)
        version.documents = {kind: _without(data, leaving) for kind, data in version.documents.items()}
        if before != (version.title, version.note, version.documents):
            yield version


def _without(data, leaving):
    """Return a document, as JSON holds it, without what is theirs: the very same when it holds nothing."""
    document = document_from(data)
    changed = change_texts(document, leaving.change, is_gone=leaving.is_gone)
    return data if changed == document else as_data(changed)


def amend_versions(evaluation, leaving):
    """Take what is theirs out of every published version, delete the files of those, and date them."""
    for version in find_amendments(evaluation, leaving):
        version.amended_on = timezone.localdate()
        version.save()
        ReportFile.objects.filter(version=version).delete()
