from datetime import timedelta

import pytest
from django.urls import reverse
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import CancelledBecause, DeclineReason, RequestStatus
from bookings.models import TimeClaim
from bookings.schedule import claims
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def declined(asked, desk):
    transitions.decline(
        asked,
        actor=transitions.staff(desk),
        version=asked.version,
        now=MONDAY,
        reason=DeclineReason.OTHER,
    )
    return asked


def reopen(client, asked, **data):
    return client.post(
        reverse("desk:reopen", args=[asked.reference]), {"version": asked.version} | data
    )


def test_the_unsent_answer_is_dropped(desk_client, declined):
    response = reopen(desk_client, declined, why="Wrong request")
    declined.refresh_from_db()
    assert response.url == reverse("desk:request", args=[declined.reference])
    assert declined.status == RequestStatus.IN_REVIEW
    assert declined.messages.get(kind="declined").superseded
    assert declined.events.get(verb="reopen").why == "Wrong request"


def test_times_that_were_offered_are_free_again(desk_client, asked, desk):
    times = [(TEN + timedelta(hours=hour), None) for hour in (1, 2)]
    ruth = transitions.staff(desk)
    transitions.offer(asked, actor=ruth, version=asked.version, now=MONDAY, times=times)
    assert asked.appointments.pending().count() == 2
    reopen(desk_client, asked, why="They rang")
    asked.refresh_from_db()
    assert asked.status == RequestStatus.IN_REVIEW
    assert not TimeClaim.objects.exists() and list(claims.inconsistencies(MONDAY)) == []
    because = set(asked.appointments.filter(start__gt=TEN).values_list("cancelled_because"))
    assert because == {(CancelledBecause.TAKEN_BACK,)}


def test_it_is_told_once_in_the_history(desk_client, declined):
    reopen(desk_client, declined, why="Wrong request")
    assert [e.verb for e in declined.events.all()][-2:] == ["decline", "reopen"]


@pytest.mark.parametrize("lost_link", [False, True])
def test_patients_are_told_an_answer_is_withdrawn(desk_client, declined, lost_link):
    if lost_link:
        transitions.resend_link(declined, now=MONDAY)
    Email.objects.update(status=STATUS.sent)
    reopen(desk_client, declined, why="A time came free")
    assert declined.messages.filter(kind="reopened", superseded=False).count() == 1


def test_older_answers_are_not_withdrawn_again(desk_client, desk, declined):
    Email.objects.update(status=STATUS.sent)
    ruth = transitions.staff(desk)
    for verb, extra in (
        ("reopen", {"why": "Slip"}),
        ("mark_spam", {}),
        ("reopen", {"why": "Slip"}),
    ):
        change = getattr(transitions, verb)
        change(declined, actor=ruth, version=declined.version, now=MONDAY, **extra)
    assert not declined.messages.filter(kind="reopened", superseded=False).exists()


def test_it_needs_a_reason(desk_client, declined):
    response = reopen(desk_client, declined)
    assert response.status_code == 422
    assert "why" in response.context["forms"]["reopen"].errors


def test_a_new_request_cannot_be_reopened(desk_client, asked):
    page = desk_client.get(reverse("desk:request", args=[asked.reference]))
    assert not page.context["can"]["reopen"]


@pytest.fixture(params=["expired", "spam"])
def unproven(request, clinic, desk):
    """Reopened; nobody ever confirmed the address."""
    service, location, _people = clinic
    ruth = transitions.staff(desk)
    found = make_request(service, location, verified=False)
    if request.param == "expired":
        transitions.expire(found, now=MONDAY)
    else:
        transitions.mark_spam(found, actor=ruth, version=found.version, now=MONDAY)
    transitions.reopen(found, actor=ruth, version=found.version, now=MONDAY, why="Looks real")
    return found


def kinds(asked) -> set[str]:
    return set(asked.messages.values_list("kind", flat=True))


def test_an_address_that_nobody_confirmed_gets_no_answer(desk_client, desk, unproven):
    ruth = transitions.staff(desk)
    transitions.ask_question(
        unproven, actor=ruth, version=unproven.version, now=MONDAY, question="Which side?"
    )
    transitions.resend_link(unproven, now=MONDAY)
    assert kinds(unproven) == {"verify", "link"}
    assert unproven.needs_call
    page = desk_client.get(reverse("desk:request", args=[unproven.reference]))
    assert "never confirmed their email address" in page.text
    assert page.context["undoable"] and "The message has not left yet" not in page.text


def test_reopening_without_email_asks_for_a_call(desk_client, unproven):
    page = desk_client.get(reverse("desk:requests"), {"queue": "phone"})
    assert list(page.context["object_list"]) == [unproven]


def test_whoever_acts_through_the_link_has_confirmed_it(desk, unproven):
    ruth = transitions.staff(desk)
    transitions.ask_question(
        unproven, actor=ruth, version=unproven.version, now=MONDAY, question="Which side?"
    )
    transitions.answer(unproven, now=MONDAY, message="The left one")
    unproven.refresh_from_db()
    assert unproven.verified_at == MONDAY and not unproven.needs_call
    assert kinds(unproven) == {"verify", "answered"}
