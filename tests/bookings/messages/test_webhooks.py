"""What the clinic's own systems are told: one message for each change of a visit, written with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from bookings import transitions
from bookings.enums import (
    APPOINTMENT_TRANSITIONS,
    AppointmentStatus,
    DeclineReason,
    ErasureReason,
    Verb,
    WebhookKind,
)
from bookings.errors import BookingError
from bookings.messages.webhooks import sign, write
from bookings.models import Location, WebhookDelivery, WebhookEndpoint
from bookings.privacy import subject_access
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, make_ask, make_clinic, make_person

pytestmark = pytest.mark.django_db
B, M, C = WebhookKind.BOOKED, WebhookKind.MOVED, WebhookKind.CANCELLED
AR, N = WebhookKind.ARRIVED, WebhookKind.NOSHOW
WEEK = timedelta(days=7)
LATER = TEN + timedelta(days=1)


def make_endpoint(url="https://hooks.example.org/clinic", **changes):
    values = {"url": url, "seed": sign.new_seed(), "created_at": MONDAY}
    return WebhookEndpoint.objects.create(**(values | changes))


@pytest.fixture
def endpoint(db):
    return make_endpoint()


def told():
    return list(WebhookDelivery.objects.order_by("pk").values_list("kind", flat=True))


def body():
    return json.loads(WebhookDelivery.objects.order_by("-pk")[0].body)


class Case:
    """A request with what a verb needs, and the ways to do it."""

    def __init__(self, clinic, desk):
        self.clinic, self.desk = clinic, desk

    @property
    def by(self):
        self.request.refresh_from_db()
        return {"actor": self.desk, "version": self.request.version, "now": MONDAY}

    def asked(self):
        self.request = asked(self.clinic)

    def booked(self):
        self.request, self.visit = confirmed(self.clinic, self.desk)

    def offered(self):
        self.booked()
        times = [(LATER, None), (LATER + timedelta(hours=2), None)]
        self.offers = transitions.offer(self.request, times=times, **self.by)

    def recorded(self):
        self.booked()
        transitions.noshow(self.visit, actor=self.desk, now=TEN + timedelta(minutes=20))

    def do(self, name, *args, **more):
        return getattr(transitions, name)(self.request, *args, **(self.by | more))

    def confirm(self):
        self.do("confirm")

    def accept(self):
        transitions.accept(self.request, appointment=self.offers[1], now=MONDAY)

    def move(self):
        self.do("move", start=LATER)

    def own_move(self):
        transitions.move_own_visit(self.request, start=LATER, now=MONDAY)

    def book_for(self):
        service, location, _people = self.clinic
        transitions.book_for(
            make_ask(service, location),
            make_person(phone="+442079460000"),
            actor=self.desk,
            now=MONDAY,
            start=TEN,
            idempotency_key="x",
        )

    def book_next(self):
        times = [(TEN + WEEK, None), (TEN + 2 * WEEK, None)]
        self.do("book_next", times=times, key="x")

    def cancel(self):
        transitions.cancel(self.visit, actor=self.desk, now=MONDAY)

    def cancel_for(self):
        self.do("cancel_for")

    def withdraw(self):
        transitions.withdraw(self.request, now=MONDAY)

    def arrive(self):
        transitions.arrive(self.visit, actor=self.desk, now=TEN)

    def fulfil(self):
        self.arrive()
        WebhookDelivery.objects.all().delete()
        transitions.fulfil(self.visit, actor=self.desk, now=ELEVEN)

    def noshow(self):
        transitions.noshow(self.visit, actor=self.desk, now=ELEVEN)

    def correct(self):
        transitions.correct(
            self.visit,
            actor=self.desk,
            version=self.request.version,
            now=TEN + timedelta(minutes=30),
            why="They came.",
        )

    def undo(self):
        self.do("undo")

    def erase(self):
        self.do("erase", because=ErasureReason.ASKED)

    def other_zone(self):
        place, before = self.request.location, self.request.location.zone
        Location.objects.filter(pk=place.pk).update(time_zone="Europe/Paris")
        place.refresh_from_db()
        transitions.change_place(
            place, before=before, wall_clock_stays=True, tell=True, actor=self.desk, now=MONDAY
        )

    def decline(self):
        self.do("decline", reason=DeclineReason.OTHER)

    def waitlist(self):
        self.do("waitlist")

    def keep(self):
        transitions.ask_to_move(self.request, now=MONDAY, message="Later.")
        transitions.keep_appointment(self.request, now=MONDAY)

    def refuse(self):
        transitions.refuse(self.request, now=MONDAY)


TOLD = {
    Verb.CONFIRM: [("asked", "confirm", [B])],
    Verb.BOOK_FOR: [("asked", "book_for", [B])],
    Verb.BOOK_NEXT: [("booked", "book_next", [B, B])],
    Verb.ACCEPT: [("offered", "accept", [M])],
    Verb.MOVE: [("booked", "move", [M]), ("booked", "own_move", [M])],
    Verb.CHANGE_PLACE: [("booked", "other_zone", [M])],
    Verb.CANCEL: [("booked", "cancel", [C])],
    Verb.CANCEL_FOR: [("booked", "cancel_for", [C])],
    Verb.WITHDRAW: [("booked", "withdraw", [C]), ("asked", "withdraw", [])],
    Verb.UNDO: [("booked", "undo", [C])],
    Verb.ERASE: [("booked", "erase", [C]), ("asked", "erase", [])],
    Verb.ARRIVE: [("booked", "arrive", [AR])],
    Verb.NOSHOW: [("booked", "noshow", [N])],
    Verb.CORRECT: [("recorded", "correct", [B])],
    Verb.FULFIL: [("booked", "fulfil", [])],
    Verb.DECLINE: [("asked", "decline", [])],
    Verb.WAITLIST: [("asked", "waitlist", [])],
    Verb.OFFER: [("booked", "offered_only", [])],
    Verb.KEEP_APPOINTMENT: [("booked", "keep", [])],
    Verb.REFUSE: [("offered", "refuse", [])],
}
"""What comes before, what is done, and what is told of it then."""
BOOKS_AS_ANOTHER_VERB_DOES = {Verb.BOOK_ANYWAY}
ABOUT_NO_VISIT = {
    *(Verb.SUBMIT, Verb.VERIFY, Verb.EXPIRE, Verb.ASSIGN, Verb.ASK_QUESTION, Verb.ANSWER),
    *(Verb.JOIN_WAITING_LIST, Verb.CHANGE_WAITING, Verb.LEAVE_WAITING_LIST, Verb.END_WAITING),
    *(Verb.MARK_SPAM, Verb.CLOSE_DUPLICATE, Verb.REOPEN, Verb.NOTE, Verb.PHONE, Verb.LOOK),
    *(Verb.CHANGE_WISHES, Verb.CORRECT_CONTACT, Verb.CHANGE_ADDRESS, Verb.EXPORT),
    *(Verb.SEND_AGAIN, Verb.SEND_LINK, Verb.DISCLOSE, Verb.COME),
}
HOLDS_ALONE = {Verb.LAPSE, Verb.LAPSE_OFFER, Verb.LAPSE_WISH, Verb.HOLD_AGAIN, Verb.ASK_TO_MOVE}
"""The visit stays booked, or none was."""
LISTED_ELSEWHERE = {Verb.DISPLACE}
"""A closure alone changes no visit: it is offered another time, or cancelled, by other verbs."""


def test_every_verb_is_decided():
    """A new verb fails here until somebody says what other systems are told of it."""
    sets = [set(TOLD), BOOKS_AS_ANOTHER_VERB_DOES, ABOUT_NO_VISIT, HOLDS_ALONE, LISTED_ELSEWHERE]
    assert set().union(*sets) == set(Verb)
    assert sum(map(len, sets)) == len(Verb)


def test_every_change_of_status_is_decided():
    edges = {(a, b) for a, ways in APPOINTMENT_TRANSITIONS.items() for b in ways}
    assert set(write.TOLD) | write.NOT_TOLD == edges | {(write.NEW, AppointmentStatus.BOOKED)}
    assert not set(write.TOLD) & write.NOT_TOLD


@pytest.mark.parametrize(
    ("before", "does", "kinds"),
    [row for rows in TOLD.values() for row in rows if row[1] != "offered_only"],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_verb_tells_once(clinic, desk, endpoint, before, does, kinds):
    case = Case(clinic, desk)
    getattr(case, before)()
    WebhookDelivery.objects.all().delete()
    getattr(case, does)()
    assert told() == kinds


def test_an_offer_tells_nothing(clinic, desk, endpoint):
    Case(clinic, desk).offered()
    assert told() == [B]  # the visit that it would replace


@pytest.mark.postgresql
def test_undoing_a_cancellation_books_again(clinic, desk, endpoint):
    case = Case(clinic, desk)
    case.booked()
    case.cancel_for()
    case.undo()
    assert told() == [B, C, B]


@pytest.mark.postgresql
def test_booking_anyway_tells_once(clinic, desk, endpoint):
    confirmed(clinic, desk)
    confirmed(clinic, desk, email="b@example.org")  # both people are busy at ten
    third = asked(clinic, start=ELEVEN, email="c@example.org")
    start, by = TEN + timedelta(minutes=30), {"practitioner": clinic[2][0], "now": MONDAY}
    found = transitions.against(
        third.service,
        third.location,
        start,
        ignoring=transitions.held_by(third),
        moving=None,
        **by,
    )
    WebhookDelivery.objects.all().delete()
    case = Case(clinic, desk)
    case.request = third
    about = {"start": start, "practitioner": clinic[2][0]}
    case.do("confirm", **about, anyway=transitions.Anyway("They insist.", found.code))
    assert told() == [B]


def test_a_message_says_what_it_may(clinic, desk, endpoint):
    consultation, visit = confirmed(clinic, desk, note="It hurts at night.", email="m@example.org")
    assert body() == {
        "type": "visit.booked",
        "timestamp": "2026-11-23T08:00:00Z",
        "data": {
            "reference": consultation.reference,
            "status": "booked",
            "start": "2026-11-24T10:00:00Z",
            "end": "2026-11-24T11:00:00Z",
            "local_start": "2026-11-24T10:00:00+00:00",
            "local_end": "2026-11-24T11:00:00+00:00",
            "time_zone": "Europe/London",
            "practitioner": {"id": visit.practitioner_id, "name": visit.practitioner.name},
            "location": {"id": visit.location_id, "name": visit.location.name},
            "service": {"id": visit.service_id, "name": visit.service.name},
        },
    }


def test_a_move_names_both_times(clinic, desk, endpoint):
    case = Case(clinic, desk)
    case.booked()
    case.move()
    data = body()["data"]
    assert data["status"] == "booked" and data["start"] == "2026-11-25T10:00:00Z"
    assert data["previous"]["start"] == "2026-11-24T10:00:00Z"


@pytest.mark.postgresql
def test_another_clock_is_a_move(clinic, desk, endpoint):
    case = Case(clinic, desk)
    case.booked()
    case.other_zone()
    data = body()["data"]
    assert (
        data["local_start"] == "2026-11-24T10:00:00+01:00" and data["time_zone"] == "Europe/Paris"
    )
    assert data["start"] == "2026-11-24T09:00:00Z"
    assert data["previous"]["local_start"] == "2026-11-24T10:00:00+00:00"
    assert data["end"] == "2026-11-24T10:00:00Z"
    assert data["previous"]["end"] == "2026-11-24T11:00:00Z"


@pytest.mark.postgresql
def test_contact_data_only_where_wanted(clinic, desk, endpoint):
    wants = make_endpoint("https://other.example.org/", sends_contact=True)
    consultation, _visit = confirmed(clinic, desk, note="It hurts at night.")
    with_it = WebhookDelivery.objects.get(endpoint=wants).body
    without = WebhookDelivery.objects.get(endpoint=endpoint).body
    assert json.loads(with_it)["data"]["contact"] == {
        "name": consultation.name,
        "email": consultation.email,
    }
    assert consultation.name not in without and consultation.email not in without
    assert "hurts" not in with_it + without and "tight" not in with_it + without


def test_nothing_is_written_where_refused(clinic, desk, endpoint):
    case = Case(clinic, desk)
    case.booked()
    with pytest.raises(BookingError), transaction.atomic():
        transitions.move(
            case.request, actor=desk, version=case.request.version - 1, now=MONDAY, start=LATER
        )
    assert told() == [B]


@pytest.mark.postgresql
def test_a_paused_address_hears_nothing(clinic, desk, endpoint):
    WebhookEndpoint.objects.update(paused_at=MONDAY, paused_because="owner")
    confirmed(clinic, desk)
    assert told() == []


@pytest.mark.postgresql
def test_two_addresses_hear_the_same(clinic, desk, endpoint):
    make_endpoint("https://other.example.org/")
    confirmed(clinic, desk)
    assert told() == [B, B]
    assert len(set(WebhookDelivery.objects.values_list("message_id"))) == 2


def test_an_erased_person_leaves_the_deliveries(clinic, desk):
    make_endpoint(sends_contact=True)
    consultation, _visit = confirmed(clinic, desk)
    name, email, reference = consultation.name, consultation.email, consultation.reference
    case = Case(clinic, desk)
    case.request = consultation
    case.erase()
    left = WebhookDelivery.objects.get()
    assert left.kind == C and left.request is None
    assert json.loads(left.body)["data"]["reference"] == reference
    assert name not in left.body and email not in left.body


def test_a_copy_names_what_was_sent(clinic, desk, endpoint):
    consultation, _visit = confirmed(clinic, desk)
    copied = subject_access.as_json([consultation], now=MONDAY)
    assert "visit.booked" in copied


def test_two_zones_are_spelled_each(desk, endpoint):
    clinic = make_clinic(time_zone="Asia/Kolkata")
    start = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    consultation = asked(clinic, start=start)
    transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    data = body()["data"]
    assert data["local_start"] == "2026-11-24T14:00:00+05:30"
    assert datetime.fromisoformat(data["local_start"]) == start
    assert ZoneInfo(data["time_zone"]).key == "Asia/Kolkata"
