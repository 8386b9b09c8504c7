"""An index for counting and paging findings by cell; PostgreSQL makes it of 100,000 in a third of a second."""

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
