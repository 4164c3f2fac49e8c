"""A person works in several locations, hours and services name theirs, rooms may serve some services only.

No indexes but those of the new tables: people and hours are some dozens of rows.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0048_series")]

    operations = [
        migrations.AddField(
            "resource",
            "also_at",
            models.ManyToManyField(
                blank=True,
                related_name="+",
                to="bookings.location",
                verbose_name="also works at",
            ),
        ),
        migrations.AddField(
            "resource",
            "serves",
            models.ManyToManyField(
                blank=True, related_name="rooms", to="bookings.service", verbose_name="only for"
            ),
        ),
        migrations.AddField(
            "resource",
            "merged_into",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="bookings.resource",
            ),
        ),
        migrations.AddField(
            "service",
            "locations",
            models.ManyToManyField(
                blank=True,
                help_text="None ticked: wherever these practitioners work.",
                related_name="+",
                to="bookings.location",
                verbose_name="offered at",
            ),
        ),
        migrations.AddField(
            "weeklyhours",
            "location",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="bookings.location",
                verbose_name="location",
            ),
        ),
        migrations.CreateModel(
            name="TravelTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="bookings.location",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="bookings.location",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["first", "second"],
                        name="travel_time_once_a_pair",
                        violation_error_message="These two locations have a travel time already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(first__lt=models.F("second")),
                        name="travel_time_lower_id_first",
                        violation_error_message="Name two different locations.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(minutes__lte=240),
                        name="travel_time_to_240",
                        violation_error_message="A way takes at most 240 minutes.",
                    ),
                ],
            },
        ),
    ]
