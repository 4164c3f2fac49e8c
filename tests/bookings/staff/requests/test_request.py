from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from post_office.models import STATUS

from bookings import transitions
from bookings.enums import DayPart, RequestStatus
from bookings.models import Event, PreferredTime
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
ELEVEN = datetime(2026, 11, 24, 11, tzinfo=UTC)


def card(client, asked):
    return client.get(reverse("desk:request", args=[asked.reference]))


def test_it_shows_what_is_needed_to_decide(desk_client, asked):
    page = card(desk_client, asked).content.decode()
    for text in (asked.reference, asked.name, asked.email, "Held for the patient until", "Confirm"):
        assert text in page


def test_only_forms_that_it_shows_are_made(desk_client, asked):
    """To make all of them takes longer than to read the request."""
    made = set(card(desk_client, asked).context["forms"])
    assert {"confirm", "offer", "decline", "note"} <= made
    assert not {"move", "correct", "reopen", "cancel", "pick"} & made


def test_looking_is_recorded_once_an_hour_for_each(desk_client, desk, asked):
    card(desk_client, asked)
    card(desk_client, asked)
    assert [e.actor for e in asked.events.filter(verb="look")] == [desk]
    with time_machine.travel(MONDAY + timedelta(minutes=61), tick=False):
        card(desk_client, asked)
    assert asked.events.filter(verb="look").count() == 2


def test_head_records_nothing(desk_client, asked):
    desk_client.head(reverse("desk:request", args=[asked.reference]))
    assert not asked.events.filter(verb="look").exists()


def test_whoever_only_looked_is_not_named_as_faster(desk_client, asked, make_user, client):
    transitions.look(asked, actor=transitions.staff(make_user("Front desk", "anna")), now=MONDAY)
    response = desk_client.post(
        reverse("desk:decline", args=[asked.reference]), {"version": 99, "reason": "other"}
    )
    assert "Anna has just answered" not in response.content.decode()


def test_a_taken_wish_says_why(desk_client, asked, clinic):
    service, location, _people = clinic
    PreferredTime.objects.create(request=asked, rank=2, start=ELEVEN)
    for number in range(2):
        make_request(service, location, start=ELEVEN, email=f"{number}@example.org")
    wishes = card(desk_client, asked).context["card"].wishes
    assert wishes[0].held and not wishes[1].free
    assert len(wishes[1].reasons) == 2


def test_its_own_hold_does_not_block_it(desk_client, clinic):
    service, location, people = clinic
    consultation = make_request(service, location, start=ELEVEN, practitioner=people[0])
    service.step_minutes = 30
    service.save()
    PreferredTime.objects.create(request=consultation, rank=2, start=ELEVEN + timedelta(minutes=30))
    assert card(desk_client, consultation).context["card"].wishes[1].free


def test_alternatives_are_near_and_compatible(desk_client, asked):
    found = [a.slot for a in card(desk_client, asked).context["card"].alternatives]
    assert found and all(
        slot.start.date() == asked.preferences.get().start.date() for slot in found
    )
    assert all(
        b.start - a.start >= timedelta(hours=1) for a, b in zip(found, found[1:], strict=False)
    )


def test_a_day_part_leads_to_its_times(desk_client, clinic):
    service, location, _people = clinic
    consultation = make_request(service, location, parts=[DayPart.AFTERNOON])
    found = card(desk_client, consultation).context["card"].alternatives
    assert found and all(a.slot.start.hour >= 12 for a in found)


def test_an_undelivered_message_asks_for_a_call(desk_client, asked):
    message = asked.messages.get(kind="received")
    message.email.status = STATUS.failed
    message.email.save()
    message.email.logs.create(status=STATUS.failed, message="550 Refused", exception_type="X")
    page = card(desk_client, asked).content.decode()
    assert "A message was not delivered." in page and "no such mailbox, 550" in page


def test_earlier_requests_of_the_same_address_are_compared(desk_client, asked, clinic):
    service, location, _people = clinic
    later = make_request(service, location)
    assert card(desk_client, later).context["card"].earlier == [asked]


def test_what_patients_type_is_shown_as_text(desk_client, clinic):
    service, location, _people = clinic
    consultation = make_request(service, location, note="<script>alert(1)</script>")
    page = card(desk_client, consultation).content.decode()
    assert "<script>alert(1)</script>" not in page and "&lt;script&gt;alert" in page


@pytest.mark.parametrize("status", RequestStatus)
def test_it_opens_in_every_status(desk_client, asked, status):
    asked.status = status
    asked.save()
    assert card(desk_client, asked).status_code == 200


@pytest.mark.parametrize(
    ("status", "offered", "afterwards"),
    [
        (RequestStatus.WITHDRAWN, False, False),
        (RequestStatus.DECLINED, True, False),
        (RequestStatus.UNVERIFIED, True, False),
        (RequestStatus.SUBMITTED, True, True),
    ],
)
def test_closed_requests_offer_no_answers(desk_client, asked, status, offered, afterwards):
    asked.status = status
    asked.save()
    page = card(desk_client, asked).content.decode()
    assert ("What you can do" in page) == offered
    assert ("Stay here instead" in page) == afterwards


def test_waiting_patients_cannot_join_again(desk_client, asked):
    assert card(desk_client, asked).context["can"]["waitlist"]
    asked.status = RequestStatus.WAITLISTED
    asked.save()
    assert not card(desk_client, asked).context["can"]["waitlist"]


def test_an_unknown_reference_is_not_there(desk_client):
    assert desk_client.get("/admin/requests/ZZZZ-ZZZZ/").status_code == 404


def test_practitioners_see_own_and_assigned_requests(client, practitioner, clinic, asked):
    client.force_login(practitioner)
    asked.appointments.update(practitioner=clinic[2][1])
    assert card(client, asked).status_code == 404
    asked.assigned_to = practitioner
    asked.save()
    assert card(client, asked).status_code == 200
    asked.assigned_to = None
    asked.save()
    asked.appointments.update(practitioner=practitioner.practitioner.resource)
    page = card(client, asked)
    assert page.status_code == 200 and not page.context["can"]["confirm"]


def test_the_queries_do_not_grow_with_the_history(
    desk_client, asked, django_assert_max_num_queries
):
    for number in range(6):
        Event.objects.create(request=asked, verb=f"v{number}", actor_kind="patient", at=MONDAY)
    card(desk_client, asked)
    with django_assert_max_num_queries(75):
        card(desk_client, asked)


def test_the_card_shows_the_coming_visit(desk_client, confirmed, desk):
    actor, day_after = transitions.staff(desk), ELEVEN + timedelta(days=1)
    missed = confirmed.appointments.get()
    transitions.noshow(missed, actor=actor, now=missed.end)
    (offered,) = transitions.offer(
        confirmed,
        actor=actor,
        version=confirmed.version,
        now=missed.end,
        times=[(day_after, None)],
    )
    transitions.accept(confirmed, appointment=offered, now=missed.end)
    with time_machine.travel(missed.end, tick=False):
        context = card(desk_client, confirmed).context
    assert context["card"].visit == offered
    assert {verb for verb, may in context["can"].items() if may} == {
        "move",
        "offer",
        "cancel",
        "book_next",
        "cancel_for",
        "correct_contact",
    }


def test_their_language_stands_beside_every_message(desk_client, asked):
    page = card(desk_client, asked).content.decode()
    assert "The mail around it is in English." in page and "write in that language" not in page
    type(asked).objects.update(locale="es")
    page = card(desk_client, asked).content.decode()
    boxes = [name for name in ("offer", "decline", "ask_question") if f"action-{name}" in page]
    assert page.count("in Español: write in that language") >= len(boxes) == 3
    assert "Español" in desk_client.get(reverse("desk:requests")).content.decode()
