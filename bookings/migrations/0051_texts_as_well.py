"""Patients who want text messages beside mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0050_hours_name_their_location")]

    operations = [
        migrations.AddField(
            "consultationrequest",
            "wants_texts",
            models.BooleanField(
                db_default=False, default=False, verbose_name="text messages as well"
            ),
        ),
    ]
