"""Weekly hours are at the usual location of the person; what the version before adds later counts as such too."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    hours = apps.get_model("bookings", "WeeklyHours").objects
    people = apps.get_model("bookings", "Resource").objects.filter(pk=OuterRef("resource"))
    hours.filter(location=None).update(location=Subquery(people.values("location")))


class Migration(migrations.Migration):
    dependencies = [("bookings", "0049_places")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
