"""When staff are warned that the time promised for an answer is nearly over, and when not yet."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bookings import transitions
from bookings.models import ConsultationRequest, Location, StaffNotice, WeeklyHours
from bookings.worker import staff_warnings
from tests.bookings.steps import TEN, asked
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


@pytest.fixture(autouse=True)
def owner(django_user_model):
    return django_user_model.objects.create_superuser("root", email="root@clinic.example")


def promised(clinic, until, **about):
    consultation = asked(clinic, start=None, **about)
    type(consultation).objects.filter(pk=consultation.pk).update(respond_by=until)
    return consultation


def warned():
    return list(StaffNotice.objects.filter(kind="promise").values_list("request", flat=True))


def test_nobody_is_warned_weeks_before(clinic):
    """Nobody works there, so no working hours are left: still only in the last week."""
    WeeklyHours.objects.all().delete()
    consultation = promised(clinic, MONDAY + 30 * DAY)
    assert staff_warnings.warn_due(now=MONDAY + 23 * DAY - MINUTE) == 0
    assert staff_warnings.warn_due(now=MONDAY + 23 * DAY) == 1 and warned() == [consultation.pk]
    assert staff_warnings.warn_due(now=MONDAY + 23 * DAY) == 0


def test_hours_of_a_week_ahead_are_left(clinic):
    WeeklyHours.objects.exclude(weekday=0).delete()
    WeeklyHours.objects.update(start=time(9), end=time(17))
    promised(clinic, datetime(2026, 11, 30, 17, tzinfo=UTC))
    assert staff_warnings.warn_due(now=datetime(2026, 11, 23, 18, tzinfo=UTC)) == 0


@pytest.mark.postgresql
def test_a_new_promise_is_warned_of_again(clinic):
    consultation = promised(clinic, MONDAY + 2 * HOUR)
    assert staff_warnings.warn_due(now=MONDAY + HOUR) == 1
    type(consultation).objects.update(respond_by=MONDAY + 3 * HOUR)
    assert staff_warnings.warn_due(now=MONDAY + 2 * HOUR) == 1
    assert warned() == [consultation.pk] * 2


def test_each_request_by_its_own_locations_hours(clinic):
    other = make_clinic(hours=(time(9), time(9, 30)))
    late, soon = datetime(2026, 11, 23, 17, tzinfo=UTC), MONDAY + 2 * HOUR
    later = promised(clinic, late)
    first = promised(clinic, soon, email="b@example.org")
    second = promised(other, late, email="c@example.org")
    assert staff_warnings.warn_due(now=MONDAY) == 2 and sorted(warned()) == [first.pk, second.pk]
    assert staff_warnings.warn_due(now=soon - MINUTE) == 0
    assert staff_warnings.warn_due(now=late - HOUR) == 1 and later.pk in warned()


@pytest.mark.postgresql
def test_a_promise_is_warned_of_once_and_here(clinic):
    consultation = asked(clinic)
    answered = asked(clinic, start=TEN + HOUR, email="second@example.org")
    transitions.decline(
        answered,
        actor=transitions.SYSTEM,
        version=answered.version,
        now=MONDAY,
        reason="other",
    )
    elsewhere = make_clinic()
    asked(elsewhere, email="third@example.org")
    Location.objects.filter(pk=elsewhere[1].pk).update(time_zone="Pacific/Kiritimati")
    StaffNotice.objects.all().delete()
    now = consultation.respond_by - MINUTE
    ConsultationRequest.objects.exclude(pk=consultation.pk).update(respond_by=now)
    assert staff_warnings.warn_due(now=now) == 1
    assert staff_warnings.warn_due(now=now) == 0
    assert {n.request for n in StaffNotice.objects.filter(kind="promise")} == {consultation}
    assert staff_warnings.warn_due(now=consultation.respond_by) == 0
