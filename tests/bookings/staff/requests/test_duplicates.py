"""Somebody asked twice: one request is closed quietly, and the other is answered."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.errors import InvalidTransition
from bookings.models import ConsultationRequest, Message, TimeClaim
from bookings.staff.reports.figures import Figures
from tests.bookings.public.conftest import Patient, link_in
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def twice(clinic):
    """Two requests under one address, an hour apart, each with a time."""
    return [
        make_request(*clinic[:2], start=TEN + HOUR * n, now=MONDAY - HOUR * (2 - n)) for n in (0, 1)
    ]


def card(client, consultation):
    return client.get(reverse("desk:request", args=[consultation.reference])).context["card"]


def close(client, consultation):
    url = reverse("desk:close_duplicate", args=[consultation.reference])
    return client.post(url, {"version": consultation.version})


def test_it_is_closed_without_a_word(desk_client, desk, twice):
    first, second = twice
    sent = Message.objects.count()
    assert close(desk_client, second).status_code == 302
    second.refresh_from_db()
    assert (second.status, second.decline_reason) == (RequestStatus.DECLINED, "duplicate")
    assert second.answered_at is None and second.events.get(verb="close_duplicate").actor == desk
    assert Message.objects.count() == sent
    held = set(TimeClaim.objects.values_list("appointment__request", flat=True))
    assert held == {first.pk}
    (table,) = [
        t
        for t in Figures(None, date(2026, 11, 23), date(2026, 11, 29)).tables()
        if t.name == "outcomes"
    ]
    ((_week, row),) = table.rows
    assert dict(zip(table.columns, row, strict=True))["Asked twice"] == 1 and sum(row) == 2


def test_one_of_two_always_counts(desk_client, twice):
    """Two colleagues, each with the other one on screen."""
    first, second = twice
    assert all(card(desk_client, one).can["close_duplicate"] for one in twice)
    assert close(desk_client, first).status_code == 302
    refused = close(desk_client, second)
    assert refused.status_code == 409 and "so this one counts" in refused.text
    second.refresh_from_db()
    assert second.status == RequestStatus.SUBMITTED
    assert not card(desk_client, second).can["close_duplicate"]


@pytest.mark.parametrize("gone", ["withdraw", "expire", "mark_spam", "erase"])
def test_it_needs_another_that_is_still_with_us(twice, desk, gone):
    first, second = twice
    by = {"actor": transitions.staff(desk), "version": first.version, "now": MONDAY}
    if gone == "withdraw":
        transitions.withdraw(first, now=MONDAY)
    elif gone == "mark_spam":
        transitions.mark_spam(first, **by)
    elif gone == "erase":
        transitions.erase(first, because="asked", **by)
    else:
        ConsultationRequest.objects.filter(pk=first.pk).update(status=RequestStatus.UNVERIFIED)
    with pytest.raises(InvalidTransition):
        transitions.close_duplicate(second, **(by | {"version": second.version}))


def test_a_visit_of_last_year_is_no_reason(twice, desk):
    first, second = twice
    ruth = transitions.staff(desk)
    visit = transitions.confirm(first, actor=ruth, version=first.version, now=MONDAY)
    by = {"actor": ruth, "version": second.version}
    with pytest.raises(InvalidTransition):
        transitions.close_duplicate(second, now=visit.end, **by)
    transitions.close_duplicate(second, now=visit.end - HOUR, **by)


def test_taken_back_it_is_answered_without_an_apology(desk_client, desk, twice):
    _first, second = twice
    close(desk_client, second)
    Email.objects.update(status=STATUS.sent)
    second.refresh_from_db()
    ruth = transitions.staff(desk)
    transitions.reopen(second, actor=ruth, version=second.version, now=MONDAY, why="Two hips")
    assert second.decline_reason == ""
    assert not second.messages.filter(kind="reopened").exists()


def test_the_card_tells_earlier_ones_from_others(desk_client, clinic, twice):
    first, second = twice
    later = make_request(*clinic[:2], now=MONDAY, key="later")
    for one, name in ((first, "María  EXAMPLE"), (later, "Tomás Example")):
        ConsultationRequest.objects.filter(pk=one.pk).update(name=name)
    transitions.withdraw(first, now=MONDAY)
    shown = card(desk_client, second)
    assert [(one, one.likely) for one in shown.earlier] == [(first, True)]
    assert [(one, one.likely) for one in shown.counts_instead] == [(later, False)]
    page = desk_client.get(reverse("desk:request", args=[second.reference])).text
    assert "likely the same person" in page and "another name" in page


def test_the_page_of_the_closed_one_says_why(client, desk, twice):
    _first, second = twice
    client.get(link_in("verify", second), follow=True)
    ruth = transitions.staff(desk)
    transitions.close_duplicate(second, actor=ruth, version=second.version, now=MONDAY)
    page = Patient(client, second).get().text
    assert "You asked us twice" in page and "We cannot offer" not in page
