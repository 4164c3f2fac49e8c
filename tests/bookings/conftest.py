import pytest

from tests.factories import make_clinic


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
