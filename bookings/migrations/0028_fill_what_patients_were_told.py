from email.utils import parseaddr
import re

from django.conf import settings
from django.db import migrations
from django.db.models import Max, Min
from django.utils.encoding import punycode

BATCH = 1000


def fill(apps, schema_editor):
    """Visits that exist were told what stands there now. In batches, so that no lock lasts."""
    Appointment = apps.get_model("bookings", "Appointment")
    found = Appointment.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if found["first"] is None:
        return
    organizer, name = clinic_of(apps)
    places = {
        place.pk: ("\n".join(lines(place)), place.time_zone)
        for place in apps.get_model("bookings", "Location").objects.all()
    }
    for first in range(found["first"], found["last"] + 1, BATCH):
        rows = Appointment.objects.filter(pk__gte=first, pk__lt=first + BATCH)
        for pk, (place, zone) in places.items():
            rows.filter(location=pk, time_zone="").update(place=place, time_zone=zone)
        invited = rows.filter(ics_sequence__gt=0, attendee="").exclude(request__email="")
        changed = []
        for visit in invited.select_related("request"):
            local, _at, domain = visit.request.email.rpartition("@")
            visit.attendee = f"{local}@{punycode(domain)}"
            visit.organizer, visit.organizer_name = organizer, name
            changed.append(visit)
        Appointment.objects.bulk_update(changed, ["attendee", "organizer", "organizer_name"])


def clinic_of(apps):
    """The organizer that invitations have named until now."""
    clinics = apps.get_model("clinic", "ClinicSettings").objects
    clinic = clinics.filter(site__is_default_site=True).first() or clinics.first()
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return (clinic.email or sender, clinic.name) if clinic else (sender, "")


def lines(place):
    """As `Location.lines`."""
    address = [line.strip() for line in place.address.splitlines() if line.strip()]
    said = re.search(rf"\b{re.escape(place.name)}\b", ", ".join(address), re.IGNORECASE)
    return [*([] if said else [place.name]), *address]


class Migration(migrations.Migration):

    atomic = False  # each batch by itself

    dependencies = [
        ("bookings", "0027_what_patients_were_told"),
        ("clinic", "0007_urgent_number"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
