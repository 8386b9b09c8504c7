"""An index for counting and paging findings by cell. While PostgreSQL makes it, findings wait to be saved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0007_trust"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["evaluation", "strand", "kind", "condition", "position", "id", "status"],
                name="finding_counted",
            ),
        ),
    ]
