"""What docs/growth.md says of the schema: tables of an evaluation carry its key, uniqueness leads with it."""

from django.apps import apps
from django.db import models

# Tables without an evaluation; the plan names where each would go.
APART = {
    "reference": {
        *("auth_user", "auth_group", "auth_permission", "auth_group_permissions", "auth_user_groups"),
        *("auth_user_user_permissions", "django_content_type", "evaluations_evaluation"),
    },
    "local": {
        *("django_session", "django_admin_log", "account_emailaddress", "account_emailconfirmation"),
        *("mfa_authenticator", "usersessions_usersession"),
    },
}
# What is unique over all evaluations; the plan says what becomes of each.
UNIQUE_OVER_ALL = {
    *(("Invitation", "token_hash"), ("OwnerLink", "token_hash"), ("CalendarFeed", "token_hash")),
    *(("Workshop", "code"), ("ParticipantIdentity", "participant"), ("CalendarFeed", "membership")),
}


def test_every_other_table_carries_the_key_of_its_evaluation():
    without = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if "evaluation" not in {field.name for field in model._meta.fields}
    }
    assert without == APART["reference"] | APART["local"]


def test_uniqueness_leads_with_the_evaluation():
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if "evaluation" not in {field.name for field in model._meta.fields}:
            continue
        found |= {(model.__name__, name) for name in unique_over_all(model._meta)}
    assert found == UNIQUE_OVER_ALL


def unique_over_all(meta):
    """Yield what is unique in a model without the evaluation first, its key apart."""
    yield from (field.name for field in meta.local_fields if field.unique and not field.primary_key)
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            named = constraint.fields or [getattr(each, "name", "") for each in constraint.expressions]
            if named[0] != "evaluation":
                yield constraint.name
    yield from (" ".join(names) for names in meta.unique_together if names[0] != "evaluation")
