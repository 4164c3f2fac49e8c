"""Every form of the desk acts on the record whose page it was on, whatever else the browser shows."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import DeclineReason
from bookings.models import (
    Appointment,
    ConsultationRequest,
    DateException,
    Event,
    Message,
    MessageTemplate,
)
from bookings.staff import urls
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, LocationFactory, make_request

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Row:
    """How both requests come to where the form is, what is typed there, and when that is sent."""

    before: tuple[str, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()
    now: timedelta = timedelta()
    page: str = "request"


HOUR = timedelta(hours=1)
AT_THE_VISIT = TEN + 4 * HOUR - MONDAY
BOOKED, DECLINED = ("confirm",), ("decline",)
LATER = (("start", "2026-11-26T15:00"),)
ROWS = {
    "assign": Row(),
    "confirm": Row(),
    "offer": Row(typed=(("start_1", "2026-11-26T15:00"),)),
    "decline": Row(typed=(("reason", "other"),)),
    "ask_question": Row(typed=(("question", "Since when?"),)),
    "waitlist": Row(),
    "close_duplicate": Row(("same_address",)),
    "mark_spam": Row(),
    "reopen": Row(DECLINED, (("why", "They phoned."),), now=HOUR),
    "undo": Row(DECLINED),
    "keep_appointment": Row((*BOOKED, "ask_to_move")),
    "move": Row(BOOKED, LATER),
    "note": Row(typed=(("text", "Prefers mornings."),)),
    "phone": Row(("needs_call",)),
    "send_link": Row(),
    "send_again": Row(("undelivered",)),
    "correct_contact": Row(typed=(("name", "Somebody Else"),)),
    "arrive": Row(BOOKED, now=AT_THE_VISIT),
    "noshow": Row(BOOKED, now=AT_THE_VISIT),
    "fulfil": Row((*BOOKED, "arrive"), now=AT_THE_VISIT),
    "correct": Row((*BOOKED, "noshow"), (("why", "They came."),), now=AT_THE_VISIT),
    "cancel": Row(BOOKED),
    "cancel_for": Row(BOOKED),
    "book_next": Row(BOOKED, (("weeks", "2"),)),
    "erase": Row(typed=(("because", "asked"),), page="erase"),
    "disclose": Row(typed=(("file", "json"),), page="disclose"),
    "offer_waiting": Row(("waitlist",), page="waiting_list"),
    "presence": Row(),
}
"""The forms of one request."""

OTHERS = {
    "after_answer": "what opens next, for this login alone",
    "book_for": "makes a request of its own: test_book_for",
    "calendar_feed": "one's own feed: test_calendar_feed",
    "absence": "one's own: test_absence",
    "own_calendars": "names the calendar and its version: test_own_calendars",
    "calendars_of": "the same, of the person in the address",
    "close_holidays": "acts on the days that its page showed: test_public_holidays",
    "week": "names its person and the hours that it showed: test_week",
    "webhooks": "adds an address: setup/test_webhooks",
    "webhook": "names its address and the version that it showed: setup/test_webhooks",
    "leave": "names its person in the address: test_leaving",
    "merge": "names both records and what it showed: test_merging",
    "close_holiday": "names its location and day: below",
    "closure_cancel": "below",
    "closure_offer": "below",
    "export": "reads: test_export",
    "requests": "the search, which changes nothing",
    "seen": "one's own notices, up to the newest that was shown: test_today",
    "requests_results": "the same",
    "reset_wording": "below",
    "wording": "below",
}
"""Forms that are about no single request."""


def act(client, consultation, verb, actor, now=MONDAY):
    """Bring a request to where its form is."""
    by = {"actor": actor, "now": now}
    version = consultation.version
    visit = consultation.appointments.filter(status__in=["booked", "arrived"]).first()
    if verb == "confirm":
        transitions.confirm(consultation, version=version, **by)
    elif verb == "decline":
        transitions.decline(consultation, version=version, reason=DeclineReason.OTHER, **by)
    elif verb == "waitlist":
        transitions.waitlist(consultation, version=version, **by)
    elif verb == "ask_to_move":
        transitions.ask_to_move(consultation, now=now, message="Later, please.")
    elif verb == "needs_call":
        ConsultationRequest.objects.filter(pk=consultation.pk).update(needs_call=True)
    elif verb == "same_address":
        ConsultationRequest.objects.update(email="twice@example.org")
    elif verb == "undelivered":
        Email.objects.filter(about__request=consultation).update(status=STATUS.failed)
    elif verb in {"arrive", "noshow"}:
        getattr(transitions, verb)(visit, actor=actor, now=visit.end)
    consultation.refresh_from_db()


def snapshot(consultation):
    """Everything that is stored about a request, but for who looked at it."""
    found = []
    for model, rows in (
        (ConsultationRequest, {"pk": consultation.pk}),
        (Appointment, {"request": consultation}),
        (Event, {"request": consultation}),
        (Message, {"request": consultation}),
        (Email, {"about__request": consultation}),
    ):
        wanted = model.objects.filter(**rows).order_by("pk")
        if model is Event:
            wanted = wanted.exclude(verb="look")
        found.append(list(wanted.values()))
    return found


def form_on(page, action):
    """The fields of the page's form with this address, as a browser would send them."""
    soup = BeautifulSoup(page.text, "html.parser")
    forms = [form for form in soup.find_all("form") if form.get("action", action) == action]
    assert forms, f"no form for {action}"
    data = {}
    for field in forms[0].find_all(["input", "select", "textarea"]):
        name = field.get("name")
        if not name or field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True)
            data[name] = chosen["value"] if chosen else ""
        else:
            usual = "on" if field.get("type") == "checkbox" else field.text
            data[name] = field.get("value", usual)
    return data


@pytest.fixture
def both(clinic, desk):
    """Two requests, at ten and at one."""
    service, location, _people = clinic
    return [
        make_request(service, location, start=TEN + hours * HOUR, email=f"{hours}@example.org")
        for hours in (0, 3)
    ]


@pytest.mark.parametrize("name", ROWS)
def test_a_form_acts_on_its_own_request(client, both, desk, make_user, name):
    row, actor = ROWS[name], transitions.staff(desk)
    mine, other = both
    for consultation in both:
        for verb in row.before:
            act(client, consultation, verb, actor)
    client.force_login(make_user("superuser"))
    with time_machine.travel(MONDAY + row.now, tick=False):
        of = mine.messages.first().pk if name == "send_again" else mine.reference
        path = reverse(f"desk:{name}", args=[of])
        pages = [
            reverse(f"desk:{row.page}", args=[] if row.page == "waiting_list" else [one.reference])
            for one in both
        ]
        sent = {} if name == "presence" else form_on(client.get(pages[0]), path)
        assert client.get(pages[1]).status_code == 200
        before = snapshot(mine), snapshot(other)
        response = client.post(path, sent | dict(row.typed))
    assert response.status_code in {200, 302}, response.status_code
    assert snapshot(other) == before[1]
    changes_nothing = {"presence"}
    assert (snapshot(mine) == before[0]) == (name in changes_nothing)


def accepts_post(client, pattern):
    kinds = {"reference": "AAAA-AAAA", "pk": 1, "kind": "confirmed", "language": "en-gb"}
    known = {name: kinds[name] for name in pattern.pattern.converters}
    return client.post(reverse(f"desk:{pattern.name}", kwargs=known)).status_code != 405


def test_every_posted_form_is_in_the_table(client, make_user):
    client.force_login(make_user("superuser"))
    posted = {pattern.name for pattern in urls.urlpatterns if accepts_post(client, pattern)}
    assert posted - {"audit", "audit_results"} == {*ROWS, *OTHERS}


def closed(clinic, day):
    start = TEN.replace(hour=0) + timedelta(days=day)
    return DateException.objects.create(
        location=clinic[1], kind="closed", start=start, end=start + timedelta(days=1)
    )


@pytest.mark.parametrize("name", ["closure_offer", "closure_cancel"])
def test_a_closure_acts_on_its_own_visits(desk_client, clinic, desk, name):
    service, location, _people = clinic
    actor, both = transitions.staff(desk), []
    for day in (0, 1):
        start = TEN + timedelta(days=day)
        consultation = make_request(service, location, start=start, email=f"{day}@example.org")
        act(desk_client, consultation, "confirm", actor)
        both.append(consultation)
    shut = [closed(clinic, day) for day in (0, 1)]
    for closure in shut:
        transitions.apply_closure(closure, actor=actor, now=MONDAY)
    path = reverse(f"desk:{name}", args=[shut[0].pk])
    sent = form_on(desk_client.get(reverse("desk:closure", args=[shut[0].pk])), path)
    desk_client.get(reverse("desk:closure", args=[shut[1].pk]))
    before = snapshot(both[0]), snapshot(both[1])
    assert desk_client.post(path, sent).status_code == 302
    assert snapshot(both[1]) == before[1] and snapshot(both[0]) != before[0]


def test_visits_that_came_later_are_not_cancelled(desk_client, clinic, desk):
    """The page said whom it would cancel."""
    service, location, _people = clinic
    actor = transitions.staff(desk)
    first = make_request(service, location, start=TEN, email="1@example.org")
    act(desk_client, first, "confirm", actor)
    shut = closed(clinic, 0)
    path = reverse("desk:closure_cancel", args=[shut.pk])
    sent = form_on(desk_client.get(reverse("desk:closure", args=[shut.pk])), path)
    later = make_request(service, location, start=TEN + timedelta(days=1), email="2@example.org")
    act(desk_client, later, "confirm", actor)
    DateException.objects.filter(pk=shut.pk).update(end=shut.end + timedelta(days=1))
    desk_client.post(path, sent)
    assert first.appointments.get().status == "cancelled"
    assert later.appointments.get().status == "booked"


@pytest.mark.parametrize("name", ["wording", "reset_wording"])
def test_wording_changes_its_own_message(client, make_user, name):
    client.force_login(make_user("superuser"))
    pages = [
        reverse("desk:wording", kwargs={"kind": kind, "language": "en-gb"})
        for kind in ("confirmed", "declined")
    ]
    for kind in ("confirmed", "declined"):
        words = {"subject": "S", "heading": "H", "body": "{visit}", "changed_at": MONDAY}
        MessageTemplate.objects.create(kind=kind, language="en-gb", **words)
    path = pages[0] + ("reset/" if name == "reset_wording" else "")
    page = client.get(pages[0])
    sent = form_on(page, path) if name == "reset_wording" else {}
    sent |= (
        {} if name == "reset_wording" else {"subject": "Yes", "heading": "Yes", "body": "{visit}"}
    )
    client.get(pages[1])
    before = MessageTemplate.objects.filter(kind="declined").values().get()
    assert client.post(path, sent).status_code == 302
    assert MessageTemplate.objects.filter(kind="declined").values().get() == before
    assert not MessageTemplate.objects.filter(kind="confirmed", subject="S").exists()


def test_a_holiday_closes_its_own_place(desk_client, clinic):
    LocationFactory(country="GB", region="ENG")
    type(clinic[1]).objects.update(country="GB", region="ENG")
    page = desk_client.get(reverse("desk:public_holidays"))
    path = reverse("desk:close_holiday")
    sent = form_on(page, path)
    desk_client.get(reverse("desk:public_holidays"))
    desk_client.post(path, sent)
    (closure,) = DateException.objects.all()
    assert str(closure.location_id) == sent["location"]
