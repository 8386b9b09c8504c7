"""An index for counting what lasts. While PostgreSQL makes it, findings wait to be saved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0008_speed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["evaluation", "strand", "lasting", "holder", "kind", "status", "id"],
                name="finding_lasting",
            ),
        ),
    ]
