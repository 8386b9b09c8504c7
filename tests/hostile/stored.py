"""An evaluation in which every text that anybody ever typed is hostile."""

from contextlib import suppress
from itertools import cycle

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError, models, transaction

from evaluations.models import DocumentKind, PublishedVersion
from evaluations.report.blocks import as_data
from evaluations.text import normalise, unfit
from tests.documents import every_block
from tests.hostile.corpus import IN_TURN

# What nobody types, or what has a shape that the forms insist on.
SHAPED = {
    *("slug", "code", "ref", "token_hash", "sha256", "verb", "basis", "compared", "record_type", "email"),
    *("page", "step", "address", "evidence_link"),
}
SUBJECTS = {"AuditEvent", "Acceptance"}  # their subject is a key of ours
LONGEST = 3_000  # enough for every vector; what is longer is the matter of its field


def storable():
    """Return the texts of the corpus that a form would store, in the form that is stored."""
    texts = (normalise(entry.arrives)[:LONGEST].strip() for entry in IN_TURN if not unfit(entry.arrives))
    return [text for text in dict.fromkeys(texts) if text and "\x00" not in text]


def fill_with_hostile_texts(start=0):
    """Give every text of every row another entry of the corpus, from the ``start``th on; return those used.

    It writes past the forms, as what an earlier version of them let through would have been.
    """
    texts, used = cycle(storable()[start:] + storable()[:start]), set()
    for model in [*apps.get_app_config("evaluations").get_models(), get_user_model()]:
        fields = [field for field in model._meta.concrete_fields if _is_free(model, field)]
        for row in model._base_manager.order_by("pk").values_list("pk", flat=True) if fields else ():
            for field in fields:
                text = _cut(next(texts), field.max_length)
                # A few texts stand only beside something else, as a note on what lasts: the database insists.
                with suppress(IntegrityError), transaction.atomic():
                    model._base_manager.filter(pk=row).update(**{field.name: text})
                    used.add(text)
    documents = {
        kind.value: as_data(every_block(say=lambda words: f"{words} {next(texts)}")) for kind in DocumentKind
    }
    PublishedVersion.objects.update(documents=documents)
    return used


def _is_free(model, field):
    if model is get_user_model():
        return field.name in ("first_name", "last_name")
    is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
    is_key = field.name == "subject" and model.__name__ in SUBJECTS
    return is_text and field.name not in SHAPED and not is_key


def _cut(text, longest):
    return text[:longest].strip() or "x" if longest else text
