from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import ConsultationRequest
from bookings.schedule import claims
from tests.bookings.staff.conftest import TEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(confirmed):
    return confirmed.appointments.get(status=AppointmentStatus.BOOKED)


def post(client, verb, visit, pk=None, **data):
    consultation = visit.request
    return client.post(
        reverse(f"desk:{verb}", args=[consultation.reference]),
        {"version": consultation.version, "visit": visit.pk if pk is None else pk} | data,
    )


def test_arrived_and_done(desk_client, visit):
    with time_machine.travel(TEN, tick=False):
        assert post(desk_client, "arrive", visit).status_code == 302
        assert post(desk_client, "fulfil", visit).status_code == 302
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.FULFILLED
    assert {"arrive", "fulfil"} <= set(visit.request.events.values_list("verb", flat=True))


def test_did_not_come(desk_client, visit):
    with time_machine.travel(TEN, tick=False):
        post(desk_client, "noshow", visit)
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.NOSHOW


@pytest.mark.parametrize("verb", ["fulfil", "noshow"])
def test_not_before_the_start(desk_client, visit, verb):
    assert post(desk_client, verb, visit).status_code == 409
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.BOOKED


def test_twice_counts_once(desk_client, visit):
    with time_machine.travel(TEN, tick=False):
        post(desk_client, "arrive", visit)
        assert post(desk_client, "arrive", visit).status_code == 409
    assert visit.request.events.filter(verb="arrive").count() == 1


def test_the_clinic_cancels_and_owes_another_time(desk_client, visit):
    post(desk_client, "cancel", visit, message="Amara is ill.")
    visit.refresh_from_db()
    visit.request.refresh_from_db()
    assert visit.status == AppointmentStatus.CANCELLED
    assert visit.request.status == RequestStatus.IN_REVIEW
    assert visit.request.staff_message == "Amara is ill."
    assert visit.request.messages.filter(kind="cancelled").exists()


def test_past_visits_cannot_be_cancelled(desk_client, visit):
    with time_machine.travel(visit.end, tick=False):
        page = desk_client.get(reverse("desk:request", args=[visit.request.reference]))
        assert not page.context["can"]["cancel"] and page.context["can"]["noshow"]
        refused = post(desk_client, "cancel", visit, message="")
    assert refused.status_code == 409 and "This visit is over." in refused.text


def test_the_practitioner_records_their_own_visit(client, practitioner, visit):
    visit.practitioner = practitioner.practitioner.resource
    visit.save()
    client.force_login(practitioner)
    with time_machine.travel(TEN, tick=False):
        post(client, "arrive", visit)
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.ARRIVED


def test_a_practitioner_may_not_cancel(client, practitioner, visit):
    visit.practitioner = practitioner.practitioner.resource
    visit.save()
    client.force_login(practitioner)
    assert post(client, "cancel", visit).url == reverse("wagtailadmin_home")
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.BOOKED


def test_somebody_elses_visit_is_not_there(client, practitioner, clinic, visit):
    visit.practitioner = clinic[2][1]
    visit.save()
    client.force_login(practitioner)
    assert post(client, "arrive", visit).status_code == 404


def test_a_colleagues_visit_is_theirs_to_record(client, practitioner, clinic, visit):
    """The request is assigned to one practitioner, and the visit is with another."""
    ConsultationRequest.objects.update(assigned_to=practitioner)
    visit.practitioner = clinic[2][1]
    visit.save()
    client.force_login(practitioner)
    with time_machine.travel(visit.start, tick=False):
        card = client.get(reverse("desk:request", args=[visit.request.reference]))
        answers = {post(client, verb, visit).url for verb in ("arrive", "noshow", "fulfil")}
    visit.refresh_from_db()
    assert card.status_code == 200 and not card.context["can"]["arrive"]
    assert (answers, visit.status) == ({reverse("wagtailadmin_home")}, AppointmentStatus.BOOKED)


@pytest.mark.parametrize("pk", ["", "0", "x", "9" * 40, "²"])
def test_an_odd_visit_is_not_there(desk_client, visit, pk):
    assert post(desk_client, "arrive", visit, pk).status_code == 404


@pytest.mark.parametrize(
    ("done", "before"),
    [
        (["arrive"], AppointmentStatus.BOOKED),
        (["noshow"], AppointmentStatus.BOOKED),
        (["arrive", "fulfil"], AppointmentStatus.ARRIVED),
    ],
)
def test_a_mistake_is_corrected_with_a_reason(desk_client, visit, done, before):
    with time_machine.travel(TEN, tick=False):
        for verb in done:
            post(desk_client, verb, visit)
        assert post(desk_client, "correct", visit).status_code == 422
        assert post(desk_client, "correct", visit, version=99, why="Slip").status_code == 409
        assert post(desk_client, "correct", visit, why="Wrong patient").status_code == 302
    visit.refresh_from_db()
    event = visit.request.events.get(verb="correct")
    assert visit.status == before and event.why == "Wrong patient"
    assert not visit.request.messages.filter(kind="missed", superseded=False).exists()
    assert list(claims.inconsistencies(TEN)) == []


def test_what_was_not_recorded_is_not_corrected(desk_client, visit):
    assert post(desk_client, "correct", visit, why="Slip").status_code == 409


@pytest.mark.parametrize(
    ("before", "offered"), [(timedelta(days=1), False), (timedelta(hours=1), True)]
)
def test_nobody_arrives_before_the_day_of_the_visit(desk_client, visit, before, offered):
    with time_machine.travel(visit.start - before, tick=False):
        card = desk_client.get(reverse("desk:request", args=[visit.request.reference]))
        day = visit.location.today(visit.start)
        diary = desk_client.get(f"{reverse('desk:diary')}?day={day}")
    assert card.context["can"]["arrive"] == offered
    assert (
        reverse("desk:arrive", args=[visit.request.reference]) in diary.content.decode()
    ) == offered
