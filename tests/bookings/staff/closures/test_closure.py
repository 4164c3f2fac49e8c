"""The closure wizard: who is inside, a new time for each, their answers, and the day itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, ConsultationRequest, DateException, Displaced, Resource
from bookings.schedule import claims
from bookings.staff.closures import wizard
from bookings.staff.closures.displaced import State, people_of
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def booked(clinic, desk):
    """Three visits on Tuesday at ten, eleven and ten: the last with the other practitioner."""
    service, location, people = clinic
    actor = transitions.staff(desk)
    made = []
    for number, (start, person) in enumerate([(0, 0), (1, 0), (0, 1)]):
        consultation = make_request(
            service,
            location,
            start=TEN + HOUR * start,
            practitioner=people[person],
            email=f"{number}@example.org",
        )
        transitions.confirm(consultation, actor=actor, version=consultation.version, now=MONDAY)
        type(consultation).objects.filter(pk=consultation.pk).update(practitioner=None)
        made.append(consultation)
    return made


@pytest.fixture
def close(desk_client, clinic):
    """Close Tuesday by the form of the admin; answers with the closure."""

    def post(**data):
        values = {
            "location": clinic[1].pk,
            "kind": "closed",
            "start": "2026-11-24T00:00",
            "end": "2026-11-25T00:00",
            "reason": "Training",
        }
        response = desk_client.post(reverse("closures:add"), values | data)
        shut = DateException.objects.get()
        assert response.url == reverse("desk:closure", args=[shut.pk])
        return shut

    return post


def shown(client, shut):
    return client.get(reverse("desk:closure", args=[shut.pk]))


def row_data(page, changes):
    """Every row of the page as it is filled in."""
    data = {}
    for person, form in page.context["rows"]:
        data[form.add_prefix("version")] = form["version"].value()
        data[form.add_prefix("include")] = "on"
        data[form.add_prefix("start")] = form["start"].value().strftime("%Y-%m-%dT%H:%M")
        data[form.add_prefix("practitioner")] = form["practitioner"].value()
        for name, value in changes.get(person.consultation.reference, {}).items():
            data[form.add_prefix(name)] = value
    return data


def offer_all(client, shut, **changes):
    """What the browser sends."""
    data = row_data(shown(client, shut), changes) | {"message": "We train that day."}
    return client.post(reverse("desk:closure_offer", args=[shut.pk]), data)


def states(shut):
    return {p.consultation.pk: p.state for p in people_of(shut, now=MONDAY)}


def test_its_kinds_begin_with_a_capital(desk_client):
    page = desk_client.get(reverse("closures:add")).content.decode()
    assert ">Closed</option>" in page and ">Extra opening</option>" in page


def test_everybody_inside_gets_a_different_proposal(desk_client, close, booked):
    rows = shown(desk_client, close()).context["rows"]
    proposed = [(f["start"].value(), f["practitioner"].value()) for _person, f in rows]
    assert len(rows) == 3 and len(set(proposed)) == 3
    day = {start.date() for start, _who in proposed}
    assert datetime(2026, 11, 24, tzinfo=UTC).date() not in day
    # The practitioner that they have, where they can.
    assert all(
        person.visit.practitioner_id == who
        for (person, _f), (_s, who) in zip(rows, proposed, strict=True)
    )


def test_one_press_offers_times_and_keeps_visits(desk_client, close, booked):
    shut = close()
    assert offer_all(desk_client, shut).status_code == 302
    for consultation in booked:
        consultation.refresh_from_db()
        assert consultation.status == RequestStatus.OFFERED
        assert consultation.staff_message == "We train that day."
        old = consultation.appointments.get(status=AppointmentStatus.BOOKED)
        assert consultation.appointments.get(status=AppointmentStatus.PENDING).replaces == old
        assert {"displace", "offer"} <= set(consultation.events.values_list("verb", flat=True))
        assert consultation.messages.filter(kind="offered").count() == 1
    assert set(states(shut).values()) == {State.OFFERED}
    assert list(claims.inconsistencies(MONDAY)) == []


def test_the_answers_come_in(desk_client, close, booked, desk):
    shut = close()
    offer_all(desk_client, shut)
    first, second, third = booked
    for consultation in booked:
        consultation.refresh_from_db()
    transitions.accept(first, appointment=first.appointments.pending().get(), now=MONDAY)
    transitions.refuse(second, now=MONDAY, message="Not that week.")
    transitions.withdraw(third, now=MONDAY)
    assert states(shut) == {
        first.pk: State.MOVED,
        second.pk: State.REFUSED,
        third.pk: State.CLOSED,
    }
    page = shown(desk_client, shut)
    assert [person.consultation for person, _form in page.context["rows"]] == [second]
    assert (
        "Not that week." in page.content.decode() and "Has a new time: 1" in page.content.decode()
    )


def test_the_day_is_off(desk_client, close, booked):
    shut = close()
    offer_all(desk_client, shut, **{booked[0].reference: {"include": ""}})
    visits = [visit.pk for visit in Appointment.objects.filter(status=AppointmentStatus.BOOKED)]
    sent = {"message": "Sorry.", "visit": visits}
    desk_client.post(reverse("desk:closure_cancel", args=[shut.pk]), sent)
    assert not Appointment.objects.filter(status=AppointmentStatus.BOOKED).exists()
    assert Appointment.objects.pending().count() == 2
    assert sorted(states(shut).values()) == [State.CANCELLED, State.OFFERED, State.OFFERED]


def test_hundreds_are_cancelled_some_at_a_time(desk_client, close, booked, monkeypatch):
    monkeypatch.setattr(wizard, "CANCELLED_AT_ONCE", 2)
    shut = close()
    url = reverse("desk:closure_cancel", args=[shut.pk])

    def press(page):
        return desk_client.post(url, {"message": "Sorry.", "visit": sent_by(page)})

    def sent_by(page):
        return [visit.pk for visit in page.context["to_be_cancelled"]]

    first = shown(desk_client, shut)
    assert len(sent_by(first)) == 2 and "Each press cancels 2 visits" in first.text
    second = press(first)
    assert second.status_code == 200 and "2 visits are cancelled." in second.text
    assert second.context["to_cancel"]["message"].value() == "Sorry."
    assert press(first).status_code == 409
    assert press(second).status_code == 302
    assert Appointment.objects.filter(status=AppointmentStatus.CANCELLED).count() == 3


def test_an_extra_opening_cancels_nobody(desk_client, close, booked):
    extra = close()
    type(extra).objects.update(kind="open")
    for name in ("closure_offer", "closure_cancel"):
        url = reverse(f"desk:{name}", args=[extra.pk])
        assert desk_client.post(url, {"message": "Sorry."}).status_code == 404
    assert not Appointment.objects.filter(status="cancelled").exists()


def test_one_taken_time_leaves_the_others_offered(desk_client, close, booked, clinic):
    shut = close()
    taken = {"start": "2026-11-24T10:00", "practitioner": ""}
    response = offer_all(desk_client, shut, **{booked[1].reference: taken})
    assert response.status_code == 409 and Appointment.objects.pending().count() == 2
    form = response.context["rows"][0][1]
    assert "Free:" in form.errors["start"][0]
    assert form["start"].value() == "2026-11-24T10:00"


def test_an_unticked_row_keeps_what_was_typed(desk_client, close, booked, clinic):
    shut = close()
    gone = {"start": "2026-11-24T10:00", "practitioner": ""}
    later = {"include": "", "start": "2026-11-30T15:05", "practitioner": clinic[2][1].pk}
    changes = {booked[1].reference: gone, booked[2].reference: later}
    response = offer_all(desk_client, shut, **changes)
    assert response.status_code == 409
    forms = {person.consultation: form for person, form in response.context["rows"]}
    refused, left = forms[booked[1]], forms[booked[2]]
    assert refused["include"].value() and not left["include"].value()
    assert left["start"].value() == "2026-11-30T15:05"
    assert left["practitioner"].value() == str(clinic[2][1].pk)
    assert 'value="2026-11-30T15:05"' in response.text


def test_somebody_who_changed_meanwhile_is_not_offered_twice(desk_client, close, booked):
    shut = close()
    response = offer_all(desk_client, shut, **{booked[0].reference: {"version": 1}})
    assert response.status_code == 409 and Appointment.objects.pending().count() == 2


def test_holds_are_offered_and_unconfirmed_requests_wait(desk_client, close, clinic):
    service, location, _people = clinic
    held = make_request(service, location, start=TEN)
    new = make_request(service, location, start=TEN, email="b@example.org", verified=False)
    shut = close()
    assert states(shut) == {held.pk: State.TO_ASK, new.pk: State.UNVERIFIED}
    offer_all(desk_client, shut)
    assert states(shut) == {held.pk: State.OFFERED, new.pk: State.UNVERIFIED}


def test_a_closed_room_displaces_its_visits(desk_client, clinic, desk):
    service, location, _people = clinic
    service.needs_room = True
    service.save()
    rooms = [
        Resource.objects.create(kind="room", location=location, name=f"Room {n}") for n in (1, 2)
    ]
    consultation = make_request(service, location, start=TEN)
    visit = consultation.appointments.get()
    shut = DateException.objects.create(
        location=location, resource=visit.room, kind="closed", start=TEN, end=TEN + HOUR
    )
    inside = transitions.apply_closure(shut, actor=transitions.staff(desk), now=MONDAY)
    assert inside == [visit] and visit.room in rooms


def test_only_whoever_is_closed_is_inside(clinic, desk):
    """Two people in two rooms at ten, and somebody at another location: each closure has its own."""
    service, location, people = clinic
    service.needs_room = True
    service.save()
    for number in (1, 2):
        Resource.objects.create(kind="room", location=location, name=f"Room {number}")
    first, second = (
        make_request(service, location, start=TEN, practitioner=person).appointments.get()
        for person in people
    )
    elsewhere = make_request(*make_clinic()[:2], start=TEN).appointments.get()
    closed = {
        people[0]: {first},
        people[1]: {second},
        first.room: {first},
        second.room: {second},
        None: {first, second},
    }
    found = {
        resource: transitions.apply_closure(
            DateException.objects.create(
                location=location, resource=resource, kind="closed", start=TEN, end=TEN + HOUR
            ),
            actor=transitions.staff(desk),
            now=MONDAY,
        )
        for resource in closed
    }
    assert {resource: set(inside) for resource, inside in found.items()} == closed
    listed = Displaced.objects.values_list("closure__resource", "appointment")
    expected = [(r and r.pk, visit.pk) for r, inside in closed.items() for visit in inside]
    assert sorted(listed, key=str) == sorted(expected, key=str)
    assert elsewhere.claims.exists()


def test_a_shorter_closure_forgets_visits_outside_it(close, desk_client, booked, clinic):
    shut = close()
    desk_client.post(
        reverse("closures:edit", args=[shut.pk]),
        {
            "location": clinic[1].pk,
            "kind": "closed",
            "start": "2026-11-24T11:00",
            "end": "2026-11-24T12:00",
        },
    )
    shut.refresh_from_db()
    assert list(states(shut)) == [booked[1].pk]


def test_only_a_page_of_people_is_sent(desk_client, close, booked, monkeypatch):
    monkeypatch.setattr(wizard, "AT_ONCE", 2)
    shut = close()
    page = shown(desk_client, shut)
    names = {name for _person, form in page.context["rows"] for name in form.fields}
    assert len(page.context["rows"]) == 2 and "start" in names
    assert b"3 people need a new time" in page.content and b"Page 1 of 2" in page.content
    rest = desk_client.get(reverse("desk:closure", args=[shut.pk]), {"p": 2})
    assert [person.consultation for person, _form in rest.context["rows"]] == [booked[1]]
    (_person, form) = rest.context["rows"][0]
    typed = {form.add_prefix("start"): "no time", form.add_prefix("include"): "on"}
    again = desk_client.post(reverse("desk:closure_offer", args=[shut.pk]), typed)
    assert again.status_code == 409
    assert again.context["rows"][0][0].consultation == booked[1]


def test_unconfirmed_address_does_not_reach_them(desk_client, close, booked):
    first = booked[0]
    ConsultationRequest.objects.filter(pk=first.pk).update(verified_at=None, phone="+442079460123")
    shut = close()
    flags = {person.consultation: person.unreached for person in people_of(shut, now=MONDAY)}
    assert flags == {each: each == first for each in booked}
    assert shown(desk_client, shut).text.count("Phone them:") == 1


def test_three_people_cost_no_more_queries(desk_client, close, booked):
    shut = close()
    ConsultationRequest.objects.update(verified_at=None)
    shown(desk_client, shut)
    with CaptureQueriesContext(connection) as three:
        shown(desk_client, shut)
    Appointment.objects.filter(request__in=booked[:2]).delete()
    with CaptureQueriesContext(connection) as one:
        shown(desk_client, shut)
    assert len(three) == len(one)


def test_an_answered_request_is_named_with_typed_text(desk_client, close, booked, desk):
    shut = close()
    first = booked[0]
    page = shown(desk_client, shut)
    form = next(form for person, form in page.context["rows"] if person.consultation == first)
    at = form["start"].value().strftime("%Y-%m-%d %H:%M")
    others = {consultation.reference: {"include": ""} for consultation in booked[1:]}
    data = row_data(page, others) | {"message": "We train that day."}
    first.refresh_from_db()
    transitions.withdraw(first, now=MONDAY)
    response = desk_client.post(reverse("desk:closure_offer", args=[shut.pk]), data)
    assert response.status_code == 409 and "Nobody was ticked" not in response.text
    assert response.context["refused"] == [
        f"No time was offered to {first.reference} (no longer coming)."
    ]
    assert (f"{first.reference}, Start", at) in response.context["typed"]
    # The message still has its form, for the others.
    assert response.text.count("We train that day.") == 1
    assert not Appointment.objects.pending().exists()


def test_the_message_returns_when_nobody_is_left(desk_client, close, booked):
    shut = close()
    data = row_data(shown(desk_client, shut), {}) | {"message": "We train that day."}
    for consultation in booked:
        consultation.refresh_from_db()
        transitions.withdraw(consultation, now=MONDAY)
    for name in ("closure_offer", "closure_cancel"):
        response = desk_client.post(reverse(f"desk:{name}", args=[shut.pk]), data)
        assert response.status_code == 409 and response.context["refused"]
        assert response.context["typed"][-1][1] == "We train that day."
        assert '<dd class="desk-quote">We train that day.</dd>' in response.text


def test_a_refused_cancellation_message_is_kept(desk_client, close, booked):
    shut = close()
    url = reverse("desk:closure_cancel", args=[shut.pk])
    response = desk_client.post(url, {"message": "Words to keep\u202e"})
    assert response.status_code == 422 and "message" in response.context["to_cancel"].errors
    assert response.text.count("Words to keep") == 1
    assert response.text.count('<details class="desk-action" open>') == 1


def test_whom_mail_does_not_reach_is_flagged(desk_client, booked, close):
    shut = close()
    page = desk_client.get(reverse("desk:closure", args=[shut.pk])).content.decode()
    assert "did not arrive" not in page
    Email.objects.filter(about__request=booked[0]).update(status=STATUS.failed)
    page = desk_client.get(reverse("desk:closure", args=[shut.pk])).content.decode()
    assert page.count("Our last message did not arrive. Phone them:") == 1
