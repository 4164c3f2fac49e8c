"""Ten people who work every weekday from 9 to 17; the first has one day full of visits.

Run by the other environment's Python; prints the service, the people, the full and the empty day.
"""

import json
import sys
from datetime import date, datetime, time, timedelta

import django

django.setup()

from appointment.models import (  # noqa: E402
    Appointment,
    AppointmentRequest,
    Service,
    StaffMember,
    WorkingHours,
)
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402

OPEN, SHUT, HOUR = time(9), time(17), timedelta(hours=1)

call_command("migrate", "auth", verbosity=0)
call_command("migrate", run_syncdb=True, verbosity=0)
service = Service.objects.create(name="Consultation", duration=HOUR, price=0)
people = []
for number in range(int(sys.argv[1])):
    user = get_user_model().objects.create_user(f"p{number}", f"p{number}@example.org")
    person = StaffMember.objects.create(
        user=user, slot_duration=60, lead_time=OPEN, finish_time=SHUT, slot_gap_time=0
    )
    person.services_offered.add(service)
    for weekday in range(1, 6):
        WorkingHours.objects.create(
            staff_member=person, day_of_week=weekday, start_time=OPEN, end_time=SHUT
        )
    people.append(person)
days = [date.today() + timedelta(days=n) for n in range(7, 21)]
full, empty = [day for day in days if day.weekday() < 5][:2]
client = get_user_model().objects.create_user("client", "client@example.org")
for hour in range(OPEN.hour, SHUT.hour):
    start = datetime.combine(full, time(hour))
    times = {"date": full, "start_time": start.time(), "end_time": (start + HOUR).time()}
    asked = AppointmentRequest.objects.create(service=service, staff_member=people[0], **times)
    Appointment.objects.create(client=client, appointment_request=asked, phone="+442079460123")
ids = [person.pk for person in people]
print(json.dumps({"service": service.pk, "people": ids, "full": str(full), "empty": str(empty)}))
