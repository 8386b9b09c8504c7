"""The table of the database cache, so that ``migrate`` is all that a new database needs."""

from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_foundation")]

    operations = [migrations.RunPython(make_cache_table, migrations.RunPython.noop)]
