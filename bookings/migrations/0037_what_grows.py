"""Indexes for lists that grow with every visit and every message."""

from django.db import migrations, models

from bookings.migrations._indexes import AddIndex, create


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL refuses CONCURRENTLY inside a transaction

    dependencies = [
        ("bookings", "0036_coming"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
    ]

    operations = [
        AddIndex("event", models.Index(fields=["at", "id"], name="event_at")),
        AddIndex("message", models.Index(fields=["created_at", "id"], name="message_created")),
        AddIndex("appointment", models.Index(fields=["status", "start"], name="appointment_status")),
        AddIndex(
            "appointment", models.Index(fields=["location", "start"], name="appointment_location")
        ),
        create(
            "email_came_back",
            on="post_office_email (recipient_delivery_status)"
            " WHERE recipient_delivery_status IS NOT NULL",
        ),
    ]
