"""The patient moves their visit, or changes what they asked for, from what is free."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import transitions
from bookings.enums import ActorKind, AppointmentStatus, RequestStatus
from bookings.errors import InvalidTransition, TimeTaken
from bookings.public.booking.time_forms import parse_start
from bookings.transitions.own_times import InsideNotice
from tests.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(asked, desk):
    transitions.verify(asked, now=timezone.now())
    return transitions.confirm(asked, actor=desk, version=asked.version, now=timezone.now())


def offered(patient, query=""):
    """The times on the patient's page, as a browser gets them."""
    return re.findall(r'name="times" value="(20[^"]+)"', patient.get(f"time/{query}").text)


class TestBooked:
    def test_a_visit_moves_to_a_free_time(self, patient, asked, visit):
        assert "Move my appointment" in patient.get().text
        start = offered(patient)[-1]

        page = patient.post("time/", {"times": start}, follow=True)

        assert "Your appointment has a new time." in page.text
        moved = asked.appointments.get(status=AppointmentStatus.BOOKED)
        visit.refresh_from_db()
        assert (moved.start, visit.status) == (parse_start(start), AppointmentStatus.CANCELLED)
        assert moved.practitioner == visit.practitioner
        event = asked.events.get(verb="move")
        assert event.actor_kind == ActorKind.PATIENT
        mail = asked.messages.get(kind="moved").email
        assert mail.attachments.exists()

    def test_its_own_time_is_not_offered(self, patient, visit, clinic):
        own = f"{visit.start:%Y-%m-%dT%H:%MZ}"
        assert own not in offered(patient) and offered(patient)
        other = next(one for one in clinic[2] if one != visit.practitioner)
        assert own in offered(patient, f"?with={other.pk}&from={visit.start:%Y-%m-%d}")

    def test_calendars_follow(self, patient, asked, visit):
        uid, sequence = visit.ics_uid, visit.ics_sequence
        patient.post("time/", {"times": offered(patient)[-1]})
        moved = asked.appointments.get(status=AppointmentStatus.BOOKED)
        assert moved.ics_uid == uid and moved.ics_sequence > sequence

    def test_the_practitioner_stays_unless_changed(self, patient, asked, visit, clinic):
        other = next(one for one in clinic[2] if one != visit.practitioner)
        page = patient.get("time/")
        assert page.context["wished"] == visit.practitioner
        start = offered(patient, f"?with={other.pk}")[-1]
        patient.post(f"time/?with={other.pk}", {"times": start})
        assert asked.appointments.get(status=AppointmentStatus.BOOKED).practitioner == other

    def test_nobody_is_replaced_in_silence(self, patient, asked, visit, clinic):
        """The practitioner leaves the service while the page with their times is open."""
        start = offered(patient)[-1]
        shown = patient.get("time/").context["shown"]
        clinic[0].practitioners.remove(visit.practitioner)

        page = patient.post("time/", {"times": start, "shown": shown})

        assert "has changed since this page was shown" in page.text
        assert asked.appointments.get(status=AppointmentStatus.BOOKED) == visit

    def test_a_taken_time_leaves_the_old_one(self, patient, asked, visit, clinic, desk):
        service, location, _people = clinic
        start = offered(patient)[-1]
        for n in range(2):
            made = make_request(
                service,
                location,
                start=parse_start(start),
                now=timezone.now(),
                email=f"{n}@example.org",
            )
            transitions.confirm(made, actor=desk, version=made.version, now=timezone.now())

        page = patient.post("time/", {"times": start})

        assert "That time is not free" in page.text
        with pytest.raises(TimeTaken):
            transitions.move_own_visit(asked, start=parse_start(start), now=timezone.now())
        visit.refresh_from_db()
        assert visit.status == AppointmentStatus.BOOKED and visit.claims.exists()

    def test_inside_the_notice_one_calls(self, patient, asked, visit, time_machine):
        time_machine.move_to(visit.start - timedelta(hours=2))
        patient.client.cookies.clear()
        from tests.bookings.public.conftest import link_in

        patient.client.get(link_in("confirmed", asked))
        page = patient.get("time/").text
        assert "Please call us to move" in page and "less than 24 hours" in page
        with pytest.raises(InsideNotice):
            start = visit.start + timedelta(days=7)
            transitions.move_own_visit(asked, start=start, now=timezone.now())

    def test_a_service_may_forbid_it(self, patient, asked, visit, clinic):
        start = offered(patient)[-1]
        clinic[0].patients_move = False
        clinic[0].save()
        assert "Ask for another time" in patient.get().text
        patient.post("time/", {"times": start})
        visit.refresh_from_db()
        assert visit.status == AppointmentStatus.BOOKED

    def test_a_cancelled_visit_cannot_move(self, asked, visit):
        transitions.withdraw(asked, now=timezone.now())
        with pytest.raises(InvalidTransition):
            start = visit.start + timedelta(days=1)
            transitions.move_own_visit(asked, start=start, now=timezone.now())


class TestWaiting:
    """Before an answer came."""

    @pytest.mark.postgresql
    def test_other_times_may_be_asked_for(self, patient, asked):
        transitions.verify(asked, now=timezone.now())
        assert "Change the times you asked for" in patient.get().text
        before = asked.appointments.get(status=AppointmentStatus.PROPOSED)
        one, two = offered(patient)[-2:]

        page = patient.post("time/", {"times": [one, two], "order": f"{two},{one}"}, follow=True)

        asked.refresh_from_db()
        assert "We have your new times" in page.text and asked.status == RequestStatus.IN_REVIEW
        starts = asked.preferences.values_list("start", flat=True)
        assert list(starts) == [parse_start(two), parse_start(one)]
        held = asked.appointments.get(status=AppointmentStatus.PROPOSED)
        before.refresh_from_db()
        assert held.start == parse_start(two) and held.hold_expires_at == asked.respond_by
        assert before.status == AppointmentStatus.CANCELLED and not before.claims.exists()
        assert asked.events.filter(verb="change_wishes").exists()

    def test_a_taken_time_keeps_what_was_held(self, asked, clinic):
        service, location, _people = clinic
        transitions.verify(asked, now=timezone.now())
        held = asked.appointments.get(status=AppointmentStatus.PROPOSED)
        later = held.start + timedelta(hours=2)
        for n in range(2):
            about = {"start": later, "now": timezone.now(), "email": f"{n}@example.org"}
            make_request(service, location, **about)
        with pytest.raises(TimeTaken):
            transitions.change_wishes(asked, [later], now=timezone.now())
        held.refresh_from_db()
        assert held.status == AppointmentStatus.PROPOSED and held.claims.exists()

    def test_an_unconfirmed_request_confirms_first(self, patient, asked):
        assert "Change the times you asked for" not in patient.get().text
        with pytest.raises(InvalidTransition):
            transitions.change_wishes(asked, [timezone.now()], now=timezone.now())
