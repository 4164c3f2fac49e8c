"""Rows as an earlier version may have left them, brought to today's tables."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bookings.enums import AppointmentStatus, ContactBy
from bookings.models import (
    Appointment,
    ConsultationRequest,
    SafetyQuestions,
    Service,
    TimeClaim,
    WeeklyHours,
)
from tests.factories import MONDAY, make_clinic, make_request

TEN, ELEVEN = (datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (10, 11))
NEWEST = None


def migrate(to: str | None) -> Any:
    """The models as they are after that migration of bookings, or after the last one."""
    executor = MigrationExecutor(connection)
    target = [("bookings", to)] if to else executor.loader.graph.leaf_nodes("bookings")
    return executor.migrate(target).apps


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_old_rows_reach_todays_tables():
    """One way back and forth for them all: each way takes seconds, so each stop leaves its own rows."""
    service, location, _people = make_clinic()
    booked = make_request(service, location, start=TEN)
    held = make_request(service, location, email="b@example.org", start=ELEVEN)
    phoned, erased = (make_request(service, location, email=f"{n}@example.org") for n in range(2))
    cells = set(TimeClaim.objects.values_list("resource", "cell_start", "appointment"))
    try:
        # Times that are booked still had an end of their hold.
        old = migrate("0014_requests_by_status_newest").get_model("bookings", "Appointment")
        old.objects.filter(request=booked.pk).update(status=AppointmentStatus.BOOKED)
        # Some without an address were to be answered by mail.
        old = migrate("0017_validate_constraints_of_appointments").get_model(
            "bookings", "ConsultationRequest"
        )
        old.objects.filter(pk=phoned.pk).update(email="", phone="+442079460123")
        old.objects.filter(pk=erased.pk).update(email="", erased_at=MONDAY)
        # What a service asks was written in the code.
        old = migrate("0032_patients_move_visits").get_model("bookings", "Service")
        old.objects.create(name="Knee", slug="knee")
        # Hours did not say where somebody works.
        old = migrate("0049_places").get_model("bookings", "WeeklyHours")
        person = WeeklyHours.objects.values_list("resource", flat=True)[0]
        old.objects.create(resource_id=person, weekday=5, start="09:00", end="10:00")
    finally:
        migrate(NEWEST)

    assert Appointment.objects.get(request=booked).hold_expires_at is None
    assert Appointment.objects.get(request=held).hold_expires_at == held.respond_by

    contact = dict(ConsultationRequest.objects.values_list("pk", "contact_by"))
    assert contact.pop(phoned.pk) == ContactBy.PHONE
    assert set(contact.values()) == {ContactBy.EMAIL} and len(contact) == 3

    services = Service.objects.select_related("questions")
    assert [service.why_closed for service in services] == ["", ""]
    assert services[0].questions == services[1].questions
    assert {row.language for row in SafetyQuestions.objects.filter(live=True)} == {"en-gb", "es"}
    assert ConsultationRequest.objects.get(pk=booked.pk).reason_label.startswith("The hip or")

    assert WeeklyHours.objects.filter(weekday=5, location=location).exists()
    assert {row.location_id for row in WeeklyHours.objects.all()} == {location.pk}
    assert set(TimeClaim.objects.values_list("resource", "cell_start", "appointment")) == cells
    late = WeeklyHours(resource_id=person, weekday=6, start="09:00", end="10:00")
    WeeklyHours.objects.bulk_create([late])  # as the version before does
    assert late in WeeklyHours.objects.at(location.pk) and late.place == location
