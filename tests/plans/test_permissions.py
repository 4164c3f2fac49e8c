"""Who may plan for whom, for every status of the visit; and whose link is sent again."""

import pytest
from django.contrib.auth.models import AnonymousUser

from bookings.models import Appointment, ConsultationRequest, Practitioner
from plans import permissions
from plans.models import Plan
from tests.plans.conftest import AFTER, make_visit

pytestmark = pytest.mark.django_db
OF_A_VISIT = {"booked", "arrived", "fulfilled"}


@pytest.mark.parametrize("status", ["booked", "arrived", "fulfilled", "noshow", "cancelled"])
def test_whose_visit_it_is(visited, amara, make_user, status):
    Appointment.objects.update(status=status)
    visit = visited.appointments.get()
    own = status in OF_A_VISIT
    assert permissions.may_plan(amara, visited) is own
    assert permissions.own_visits(amara, visited).exists() is own
    assert permissions.is_own(amara, visit) is own
    assert permissions.may_plan(make_user("Owner"), visited)
    assert not permissions.may_plan(make_user("Front desk"), visited)


def test_nobody_plans_for_another(visited, clinic, amara, make_user):
    jonas = make_user("Practitioner", "jonas")
    Practitioner.objects.filter(resource=clinic[2][1]).update(user=jonas)
    for user in (jonas, make_user("Practitioner", "nobody"), AnonymousUser()):
        assert not permissions.may_plan(user, visited)
        assert not permissions.is_own(user, visited.appointments.get())
    theirs = make_visit(clinic, hours=2)
    Appointment.objects.filter(request=theirs).update(practitioner=clinic[2][1])
    assert not permissions.may_plan(amara, theirs) and permissions.may_plan(jonas, theirs)


def test_nobody_plans_for_the_erased(visited, amara, make_user):
    visited.erased_at = AFTER
    assert permissions.may_plan(amara, visited) is False
    assert permissions.may_plan(make_user("Owner"), visited) is False


def test_nobody_plans_who_no_longer_reads(visited, amara):
    amara.is_active = False
    assert not permissions.may_plan(amara, visited)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("status", "changes", "found"),
    [("sent", {}, 1), ("ended", {"ended_at": AFTER}, 0), ("draft", {"sent_at": None}, 0)],
)
def test_whose_lost_link_is_sent(plan, clinic, status, changes, found):
    make_visit(clinic, hours=2)
    Plan.objects.update(status=status, **changes)
    rows = ConsultationRequest.objects.filter(permissions.running(AFTER))
    assert list(rows) == [plan.request] * found
