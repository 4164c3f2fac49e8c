"""Each word of a name, and a telephone from its end, for the desk's search."""

import django.db.models.deletion
from django.db import migrations, models

from bookings.models.search_words import words_of

BATCH = 2000


def write(apps, schema_editor):
    """For every request that there is, some at a time; may be stopped and run again."""
    requests = apps.get_model("bookings", "ConsultationRequest").objects.order_by("pk")
    words = apps.get_model("bookings", "SearchWord").objects
    last = 0
    while some := list(
        requests.filter(pk__gt=last, erased_at=None, search_words=None).only(
            "name", "on_behalf_of", "phone", "email"
        )[:BATCH]
    ):
        words.bulk_create(
            (
                words.model(request_id=one.pk, word=word)
                for one in some
                for word in sorted(words_of(one))
            ),
            batch_size=1000,
        )
        last = some[-1].pk


class Migration(migrations.Migration):
    atomic = False  # a million requests would be one long transaction

    dependencies = [("bookings", "0038_what_patients_read")]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=40)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_words",
                        to="bookings.consultationrequest",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["word", "request"],
                        name="search_word",
                        opclasses=["varchar_pattern_ops", "int8_ops"],
                    )
                ],
            },
        ),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
