from datetime import UTC, datetime

import pytest

from tests.factories import MONDAY, make_clinic, make_request


@pytest.fixture
def clinic(db):
    """Service, location and two practitioners who work 9 to 17 from Monday to Friday."""
    return make_clinic(practitioners=2)


@pytest.fixture
def desk(db, django_user_model):
    """A member of the front desk, as an actor."""
    from bookings import transitions

    return transitions.staff(
        django_user_model.objects.create_user("ruth", first_name="Ruth", last_name="Desk")
    )


@pytest.fixture
def visit(clinic, desk):
    """A booked visit on Tuesday at ten."""
    from bookings import transitions

    service, location, _people = clinic
    start = datetime(2026, 11, 24, 10, tzinfo=UTC)
    consultation = make_request(service, location, start=start)
    return transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
