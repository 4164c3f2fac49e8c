"""Indexes for the oldest mail that waits, for who looked, and for requests by their promised answer."""

from django.db import migrations, models

from bookings.migrations._indexes import AddIndex, create


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL refuses CONCURRENTLY inside a transaction

    dependencies = [
        ("bookings", "0054_own_calendars"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
    ]

    operations = [
        create(
            "email_waiting",
            on="post_office_email (scheduled_time) WHERE status IN (2, 3)",
        ),
        AddIndex(
            "consultationrequest",
            models.Index(fields=["respond_by", "id"], name="request_respond_by"),
        ),
        AddIndex(
            "event",
            models.Index(
                fields=["at", "id"],
                condition=models.Q(verb__in=["look", "disclose", "erase", "export"]),
                name="event_read",
            ),
        ),
    ]
