"""A patient cancels 40 minutes before the visit: everybody hears at once, and the time is offered on."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.messages import queue, send, staff_mail
from bookings.models import Location, Practitioner, WeeklyHours
from bookings.roles import make_roles
from bookings.transitions import Waiting
from tests.factories import make_clinic, make_request
from tests.journeys.test_desk import status_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clinic(_committed_rows, settings, base_url):
    """Open day and night, and it is noon there, whenever this runs."""
    settings.SITE_URL = base_url
    ahead = 12 - datetime.now(UTC).hour
    zone = f"Etc/GMT{-ahead:+d}"  # POSIX: west is positive
    made = make_clinic(time_zone=zone, step_minutes=5, minimum_notice_hours=0)
    WeeklyHours.objects.all().delete()
    for day in range(7):
        WeeklyHours.objects.create(
            resource=made[2][0], weekday=day, start=time(0), end=time(23, 55)
        )
    assert Location.objects.get().today(timezone.now())
    return made


@pytest.fixture
def people(clinic, django_user_model):
    make_roles()
    found = {}
    for name, group in (("ruth", "Front desk"), ("amara", "Practitioner")):
        user = django_user_model.objects.create_user(name, email=f"{name}@clinic.example")
        user.groups.add(Group.objects.get(name=group))
        found[name] = user
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=found["amara"])
    return found


def soon():
    """In some 40 minutes, on five."""
    at = timezone.now() + 40 * MINUTE
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


@pytest.mark.thorough
def test_forty_minutes_before(clinic, people, page, new_context, let_in):
    service, location, _practitioners = clinic
    now = timezone.now()
    booked = make_request(service, location, start=soon(), now=now)
    desk = transitions.staff(people["ruth"])
    visit = transitions.confirm(booked, actor=desk, version=booked.version, now=now)
    waits = make_request(service, location, now=now, email="waits@example.org", waiting=Waiting(()))
    assert status_of(waits) == RequestStatus.WAITLISTED
    Email.objects.all().delete()

    page.goto(queue.new_link(booked, now=now))
    page.get_by_role("link", name="Cancel my appointment").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.locator("h1")).to_have_text("You have cancelled your appointment")

    staff_mail.write_due(now=timezone.now())
    send.send_due(now=timezone.now() + MINUTE)
    mails = {mail.to[0]: mail for mail in Email.objects.filter(status=STATUS.sent)}
    to_desk, to_amara = mails["ruth@clinic.example"], mails["amara@clinic.example"]
    assert booked.reference in to_amara.message and to_amara.last_updated - now < 2 * MINUTE
    assert waits.reference in to_desk.message and booked.name not in to_desk.message

    context = new_context()
    let_in(context, people["ruth"])
    at_desk = context.new_page()
    address = reverse("desk:request", args=[booked.reference])
    at_desk.goto(re.search(rf"\S+{address}\S*", to_desk.message)[0])  # one click, in the mail
    at_desk.get_by_role("button", name=re.compile(f"^Offer .*{waits.reference}")).click()  # two
    at_desk.get_by_text("is offered").first.wait_for()
    assert status_of(waits) == RequestStatus.OFFERED
    assert waits.appointments.get(status=AppointmentStatus.PENDING).start == visit.start

    at_desk.goto(f"{reverse('desk:diary')}?day={visit.start.astimezone(location.zone).date()}")
    struck = at_desk.locator("li", has=at_desk.locator("s"))
    expect(struck.filter(has_text=booked.reference)).to_contain_text("cancelled or moved today")
