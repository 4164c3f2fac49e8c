"""Before the constraint: a time that is not only held has no end of a hold."""

from django.db import migrations


def clear(apps, schema_editor):
    visits = apps.get_model("bookings", "Appointment").objects.exclude(hold_expires_at=None)
    visits.exclude(status__in=["proposed", "pending"]).update(hold_expires_at=None)


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', "0014_requests_by_status_newest"),
    ]

    operations = [
        migrations.RunPython(clear, migrations.RunPython.noop),
    ]
