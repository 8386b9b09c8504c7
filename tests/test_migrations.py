"""Code of the release before runs beside a migrated database while it is replaced (docs/migrations.md)."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

RELEASED = "0006_report"  # the rules hold for what came later
FREE = (
    migrations.CreateModel,  # nothing old asks it
    migrations.AddIndex,  # locks the table against writing for as long as docs/migrations.md measured
    migrations.RemoveConstraint,
    migrations.RemoveIndex,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
)
# What breaks a rule and is safe all the same: (migration, what it says of itself), with the reason.
ALLOWED = {
    (
        "0007_trust",
        "Create constraint evaluation_identities_kept_for_years_at_most on model evaluation",
    ): "Old code never writes that column, and the table has few rows.",
}


def faults(migration, state):
    """Return ``[(what an operation says of itself, why it breaks old code)]``; moves ``state`` on."""
    found, made = [], set()
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        why = fault(operation, state, made)
        if why:
            found.append((operation.describe(), why))
        operation.state_forwards(migration.app_label, state)
    return found


def fault(operation, state, made):
    """Return why an operation breaks code that does not know of it, or None; ``made`` are new models."""
    if isinstance(operation, FREE) or getattr(operation, "model_name_lower", None) in made:
        return None
    match operation:
        case migrations.AddField(field=field):
            known = field.null or field.has_db_default() or field.many_to_many
            return None if known else "old code inserts rows without it: give it a db_default"
        case migrations.AlterField(field=field):
            before = state.models["evaluations", operation.model_name_lower].fields[operation.name]
            return narrowed(before, field)
        case migrations.AddConstraint():
            return "old code may write what it forbids, and all rows are read under a lock"
        case migrations.RunPython() | migrations.RunSQL():
            return None if operation.reversible else "there is no way back"
    return "old code asks for what it takes away, or the rules do not know it"


def narrowed(before, after):
    """Return why a field takes less than before, or None."""
    if before.null and not after.null:
        return "old code inserts nulls"
    shorter = (after.max_length or 0) < (before.max_length or 0) or (
        after.max_length and not before.max_length
    )
    if type(before) is not type(after) or shorter:
        return "the table is written anew under a lock, or old code writes what no longer fits"
    return None


def later():
    """Return the migrations that the rules hold for, with the state before each."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    names = sorted(name for app, name in loader.disk_migrations if app == "evaluations" and name > RELEASED)
    for name in names:
        node = ("evaluations", name)
        yield loader.disk_migrations[node], loader.project_state(node, at_end=False)


def test_no_migration_breaks_the_code_that_runs_beside_it():
    found = {
        (migration.name, said): why for migration, state in later() for said, why in faults(migration, state)
    }
    assert found.keys() == ALLOWED.keys(), found


FIELD = models.CharField(max_length=20)
CONSTRAINT = models.CheckConstraint(condition=models.Q(pk__gt=0), name="positive")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("finding", "note"),
        migrations.RenameField("finding", "note", "remark"),
        migrations.RenameModel("Finding", "Insight"),
        migrations.DeleteModel("Finding"),
        migrations.AlterModelTable("Finding", "insights"),
        migrations.AlterUniqueTogether("finding", {("strand", "text")}),
        migrations.AddField("finding", "extra", FIELD),
        migrations.AlterField("finding", "source", models.ForeignKey("evaluations.Source", models.CASCADE)),
        migrations.AlterField("finding", "text", FIELD),
        migrations.AddConstraint("finding", CONSTRAINT),
        migrations.RunPython(lambda apps, editor: None),
        migrations.RunSQL("SELECT 1"),
        migrations.SeparateDatabaseAndState(),
    ],
    ids=lambda operation: operation.describe(),
)
def test_the_rules_find_what_breaks_old_code(operation):
    assert fault(operation, _state(), set())


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("finding", "extra", models.CharField(max_length=20, null=True)),
        migrations.AddField("finding", "extra", models.CharField(max_length=20, db_default="")),
        migrations.AddField("finding", "extra", models.ManyToManyField("evaluations.Source")),
        migrations.AlterField("finding", "text", models.TextField(blank=True)),
        migrations.AddIndex("finding", models.Index(fields=["kind"], name="by_kind")),
        migrations.RunPython(lambda apps, editor: None, migrations.RunPython.noop),
    ],
    ids=lambda operation: operation.describe(),
)
def test_the_rules_let_pass_what_old_code_does_not_notice(operation):
    assert fault(operation, _state(), set()) is None


def test_a_table_that_is_new_may_have_anything():
    assert fault(migrations.AddConstraint("thing", CONSTRAINT), ProjectState(), {"thing"}) is None


def _state():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return loader.project_state(("evaluations", RELEASED))
