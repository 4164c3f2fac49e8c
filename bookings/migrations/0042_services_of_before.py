"""A running site goes on: what is open with unsigned questions was opened before this rule."""

from django.db import migrations
from django.utils import timezone


def accept(apps, schema_editor):
    Accepted = apps.get_model("bookings", "AcceptedUnsigned")
    now = timezone.now()
    for service in apps.get_model("bookings", "Service").objects.filter(active=True):
        if service.questions_id is None:
            continue
        Accepted.objects.get_or_create(
            service=service,
            questions_id=service.questions_id,
            defaults={"who": "Open before this rule", "at": now},
        )


class Migration(migrations.Migration):
    dependencies = [("bookings", "0041_accepted_unsigned")]
    operations = [migrations.RunPython(accept, migrations.RunPython.noop, elidable=True)]
