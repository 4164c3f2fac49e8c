"""Rows as an earlier version may have left them, brought to today's tables."""

from collections.abc import Callable, Iterator
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

pytestmark = pytest.mark.django_db(transaction=True)
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
NEWEST = None


def migrate(to: str | None) -> Any:
    """The models as they are after that migration of bookings, or after the last one."""
    executor = MigrationExecutor(connection)
    target = [("bookings", to)] if to else executor.loader.graph.leaf_nodes("bookings")
    return executor.migrate(target).apps


@pytest.fixture
def before() -> Iterator[Callable[[str], Any]]:
    yield migrate
    migrate(NEWEST)


@pytest.fixture
def asked(transactional_db):
    service, location, _people = make_clinic()
    return make_request(service, location, start=TEN)


def test_booked_visits_lose_their_hold_expiry(asked, before):
    held = make_request(
        asked.service, asked.location, email="b@example.org", start=TEN.replace(hour=11)
    )
    appointments = before("0014_requests_by_status_newest").get_model("bookings", "Appointment")
    appointments.objects.filter(request=asked.pk).update(status=AppointmentStatus.BOOKED)
    migrate(NEWEST)
    assert Appointment.objects.get(request=asked).hold_expires_at is None
    assert Appointment.objects.get(request=held).hold_expires_at == held.respond_by


def test_whoever_has_no_address_is_phoned(asked, before):
    others = [
        make_request(asked.service, asked.location, email=f"{n}@example.org") for n in range(2)
    ]
    people = before("0017_validate_constraints_of_appointments")
    old = people.get_model("bookings", "ConsultationRequest").objects
    old.filter(pk=asked.pk).update(email="", phone="+442079460123")
    old.filter(pk=others[0].pk).update(email="", erased_at=MONDAY)
    migrate(NEWEST)
    by = dict(ConsultationRequest.objects.values_list("pk", "contact_by"))
    assert by == {
        asked.pk: ContactBy.PHONE,
        others[0].pk: ContactBy.EMAIL,
        others[1].pk: ContactBy.EMAIL,
    }


def test_every_service_asks_what_the_code_asked(asked, before):
    older = before("0032_patients_move_visits").get_model("bookings", "Service").objects
    older.create(name="Knee", slug="knee")
    migrate(NEWEST)
    services = Service.objects.select_related("questions")
    assert [service.why_closed for service in services] == ["", ""]
    assert services[0].questions == services[1].questions
    assert {row.language for row in SafetyQuestions.objects.filter(live=True)} == {"en-gb", "es"}
    assert ConsultationRequest.objects.get(pk=asked.pk).reason_label.startswith("The hip or")


def test_hours_name_the_usual_location(asked, before):
    old = before("0048_series")
    person = old.get_model("bookings", "Resource").objects.get()
    held = set(TimeClaim.objects.values_list("resource", "cell_start", "appointment"))
    migrate("0049_places").get_model("bookings", "WeeklyHours").objects.create(
        resource_id=person.pk, weekday=5, start="09:00", end="10:00"
    )
    migrate(NEWEST)
    assert {row.location_id for row in WeeklyHours.objects.all()} == {person.location_id}
    assert set(TimeClaim.objects.values_list("resource", "cell_start", "appointment")) == held
    late = WeeklyHours(resource_id=person.pk, weekday=6, start="09:00", end="10:00")
    WeeklyHours.objects.bulk_create([late])  # as the version before does
    assert late in WeeklyHours.objects.at(person.location_id) and late.place == asked.location
