"""Visits that are booked one after the other for one person."""

from django.db import migrations, models

from bookings.migrations._indexes import AddIndex


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL refuses CONCURRENTLY inside a transaction

    dependencies = [("bookings", "0047_validate_lanes")]

    operations = [
        migrations.AddField(
            "consultationrequest",
            "series",
            models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        AddIndex(
            "consultationrequest",
            models.Index(
                fields=["series"], condition=~models.Q(series=""), name="request_series"
            ),
        ),
    ]
