"""Before the constraint: whoever wished to be written to and has no address was phoned all along."""

from django.db import migrations


def cure(apps, schema_editor):
    asked = apps.get_model("bookings", "ConsultationRequest").objects
    asked.filter(contact_by="email", email="", erased_at=None).update(contact_by="phone")


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', "0017_validate_constraints_of_appointments"),
    ]

    operations = [
        migrations.RunPython(cure, migrations.RunPython.noop),
    ]
