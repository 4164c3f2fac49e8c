"""What holds for every action on a request: wrong method, wrong role, stale version, twice."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from bookings.enums import RequestStatus, Verb
from bookings.models import Message
from tests.factories import make_request

pytestmark = pytest.mark.django_db

ANSWERS = {
    "assign": ({}, RequestStatus.IN_REVIEW),
    "confirm": ({}, RequestStatus.CONFIRMED),
    "offer": ({"start_1": "2026-11-25T10:00"}, RequestStatus.OFFERED),
    "decline": ({"reason": "no-time", "message": "Sorry."}, RequestStatus.DECLINED),
    "ask_question": ({"question": "Which hip is it?"}, RequestStatus.INFO_NEEDED),
    "waitlist": ({}, RequestStatus.WAITLISTED),
    "mark_spam": ({}, RequestStatus.SPAM),
}


def url(verb, asked):
    return reverse(f"desk:{verb}", args=[asked.reference])


@pytest.mark.parametrize("verb", ANSWERS)
def test_it_does_what_it_says_and_records_who(desk_client, desk, asked, verb):
    data, status = ANSWERS[verb]
    response = desk_client.post(url(verb, asked), data | {"version": asked.version})
    asked.refresh_from_db()
    assert response.status_code == 302
    assert asked.status == status
    event = asked.events.get(verb=Verb[verb.upper()])
    assert event.actor == desk and event.to_status == status
    assert [asked.reference in str(m) for m in get_messages(response.wsgi_request)][0]


@pytest.mark.parametrize(
    "verb",
    [
        *ANSWERS,
        "reopen",
        "undo",
        "note",
        "move",
        "presence",
        "cancel",
        "arrive",
        "fulfil",
        "noshow",
    ],
)
def test_get_is_refused(desk_client, asked, verb):
    assert desk_client.get(url(verb, asked)).status_code == 405


@pytest.mark.parametrize("verb", ANSWERS)
def test_a_practitioner_may_not_answer(client, practitioner, asked, verb):
    asked.appointments.update(practitioner=practitioner.practitioner.resource)
    client.force_login(practitioner)
    data, _status = ANSWERS[verb]
    response = client.post(url(verb, asked), data | {"version": asked.version})
    asked.refresh_from_db()
    assert response.url == reverse("wagtailadmin_home")
    assert asked.status == RequestStatus.SUBMITTED


@pytest.mark.parametrize("verb", ANSWERS)
def test_a_colleague_was_faster(desk_client, asked, make_user, verb):
    from bookings import transitions
    from tests.factories import MONDAY

    seen = asked.version
    anna = make_user("Front desk", "anna")
    transitions.assign(
        asked, actor=transitions.staff(anna), to=anna, version=asked.version, now=MONDAY
    )
    data, _status = ANSWERS[verb]
    response = desk_client.post(url(verb, asked), data | {"version": seen})
    asked.refresh_from_db()
    assert response.status_code == 409
    assert asked.status == RequestStatus.IN_REVIEW and asked.assigned_to == anna
    page = response.content.decode()
    assert "Anna has just answered this request." in page
    assert all(value in page for value in data.values())
    assert f'name="version" value="{asked.version}"' in page


@pytest.mark.parametrize("verb", [v for v in ANSWERS if v != "assign"])
def test_sent_twice_it_counts_once(desk_client, asked, verb):
    data, status = ANSWERS[verb]
    data = data | {"version": asked.version}
    desk_client.post(url(verb, asked), data)
    mails = Message.objects.count()
    assert desk_client.post(url(verb, asked), data).status_code == 409
    asked.refresh_from_db()
    assert asked.status == status
    assert asked.events.filter(verb=Verb[verb.upper()]).count() == 1
    assert Message.objects.count() == mails


@pytest.mark.parametrize("verb", ANSWERS)
def test_without_a_version_nothing_happens(desk_client, asked, verb):
    data, _status = ANSWERS[verb]
    response = desk_client.post(url(verb, asked), data)
    asked.refresh_from_db()
    assert response.status_code == 422 and asked.status == RequestStatus.SUBMITTED


@pytest.mark.parametrize("version", ["0", "-1", "x", "9" * 30, "\x00", "1.5"])
def test_an_odd_version_is_no_error_of_ours(desk_client, asked, version):
    assert desk_client.post(url("decline", asked), {"version": version}).status_code == 422


def test_then_the_next_request_opens(desk_client, clinic, asked):
    service, location, _people = clinic
    other = make_request(service, location, email="next@example.org")
    response = desk_client.post(
        url("decline", asked), {"version": asked.version, "reason": "other"}
    )
    assert response.url == reverse("desk:request", args=[other.reference])


def test_a_colleagues_request_is_not_next(desk_client, clinic, asked, make_user):
    service, location, _people = clinic
    other = make_request(service, location, email="next@example.org")
    other.assigned_to = make_user("Front desk", "anna")
    other.save()
    response = desk_client.post(
        url("decline", asked), {"version": asked.version, "reason": "other"}
    )
    assert response.url == reverse("desk:requests")


def test_staff_may_choose_to_stay(desk_client, clinic, asked):
    service, location, _people = clinic
    make_request(service, location, email="next@example.org")
    chosen = desk_client.post(
        reverse("desk:after_answer"), {"then": "stay", "reference": asked.reference}
    )
    assert chosen.url == reverse("desk:request", args=[asked.reference])
    response = desk_client.post(
        url("decline", asked), {"version": asked.version, "reason": "other"}
    )
    assert response.url == reverse("desk:request", args=[asked.reference])


@pytest.mark.parametrize("reference", ["", "\x00", "XXXX-XXXX"])
def test_staying_with_no_request_leads_to_the_list(desk_client, reference):
    chosen = desk_client.post(
        reverse("desk:after_answer"), {"then": "stay", "reference": reference}
    )
    assert chosen.url == reverse("desk:requests")


@pytest.mark.parametrize("back", ["any", "2027-03-28T01:30", "\u202egnp.exe", "desk"])
def test_a_word_as_the_way_back_breaks_nothing(desk_client, asked, back):
    response = desk_client.post(url("assign", asked), {"version": asked.version, "next": back})
    assert response.status_code == 302
