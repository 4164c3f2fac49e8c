"""A time that staff book although it is not free: its mark, and lanes for the cells that it shares."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0044_live_line")]

    operations = [
        migrations.AlterModelOptions(
            name="consultationrequest",
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("triage_request", "Can answer requests"),
                    ("export_request", "Can export requests"),
                    ("view_reports", "Can see the reports"),
                    ("erase_request", "Can erase a person"),
                    ("disclose_request", "Can give a person a copy of their data"),
                    ("book_anyway", "Can book a time that is not free"),
                ],
                "verbose_name": "request",
                "verbose_name_plural": "requests",
            },
        ),
        migrations.CreateModel(
            name="BookedAnyway",
            fields=[
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="booked_anyway",
                        serialize=False,
                        to="bookings.appointment",
                    ),
                ),
                ("because", models.CharField(max_length=300, verbose_name="because")),
                ("against", models.TextField(blank=True, verbose_name="against")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(because=""),
                        name="booked_anyway_has_reason",
                        violation_error_message="Say why.",
                    )
                ],
            },
        ),
        migrations.AddField(
            "timeclaim", "lane", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "timeclaim",
            "decided",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="claims",
                to="bookings.bookedanyway",
            ),
        ),
    ]
