"""An index for the requests that wait for an answer: few, and the newest of many."""

from django.db import migrations, models

from bookings.migrations._indexes import AddIndex


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL refuses CONCURRENTLY inside a transaction

    dependencies = [("bookings", "0055_waiting_mail")]

    operations = [
        AddIndex(
            "consultationrequest",
            models.Index(
                fields=["respond_by", "id"],
                condition=models.Q(status__in=["in_review", "submitted"]),
                name="request_to_answer",
            ),
        ),
    ]
