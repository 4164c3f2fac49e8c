"""Rows as an earlier version may have left them, brought to today's tables."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bookings.enums import AppointmentStatus, ContactBy
from bookings.models import Appointment, ConsultationRequest
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


def test_existing_visits_keep_what_was_told(asked, before, monkeypatch):
    """Also in more than one batch, and where the previous version has just inserted a row."""
    booked = make_request(
        asked.service, asked.location, email="b@bücher.example", start=TEN.replace(hour=12)
    )
    Appointment.objects.filter(request=booked).update(
        status=AppointmentStatus.BOOKED, hold_expires_at=None, ics_sequence=1
    )
    fill = import_module("bookings.migrations.0028_fill_what_patients_were_told")
    monkeypatch.setattr(fill, "BATCH", 1)
    before("0026_plain_words")
    migrate(NEWEST)
    visit, held = (Appointment.objects.get(request=each) for each in (booked, asked))
    for each in (visit, held):
        assert (each.time_zone, each.place_lines) == ("Europe/London", each.location.lines)
    assert (visit.organizer, visit.organizer_name) == ("hello@example.org", "Hip & Spine Clinic")
    assert (visit.attendee, held.attendee) == ("b@xn--bcher-kva.example", "")


def test_previous_version_can_insert_visits(asked):
    """It does not know the columns of what patients were told: the database has values for them."""
    columns = ", ".join(
        connection.ops.quote_name(field.column)
        for field in Appointment._meta.concrete_fields
        if field.name
        not in {"id", "ics_uid", *("time_zone", "place", "organizer", "organizer_name", "attendee")}
    )
    Appointment.objects.update(status=AppointmentStatus.CANCELLED, hold_expires_at=None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO bookings_appointment ({columns}, ics_uid)"
            f" SELECT {columns}, 'other' FROM bookings_appointment"
        )
    visit = Appointment.objects.get(ics_uid="other")
    assert visit.zone == asked.location.zone and visit.place_lines == asked.location.lines
