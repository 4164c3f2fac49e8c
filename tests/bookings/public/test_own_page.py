"""Every form of a patient acts on the request of its own page, and only as that page showed it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest, Draft
from bookings.public import cookies
from bookings.public import urls as public_urls
from tests.bookings.public.conftest import Visitor, ends_at, link_in
from tests.bookings.questions import ticked
from tests.factories import make_request
from tests.hostile.bodies import forms_on
from tests.hostile.public import DONE, noon, open_, sample_of

pytestmark = pytest.mark.django_db

OF_A_REQUEST = {
    "verify-request": (),
    "accept-offer": ("verify", "offer"),
    "refuse-offer": ("verify", "offer"),
    "keep-appointment": ("verify", "confirm", "move"),
    "come": ("verify", "confirm"),
    "withdraw-request": ("verify", "confirm"),
    "move-request": ("verify", "confirm"),
    "choose-time": ("verify", "confirm"),
    "change-contact": ("verify",),
    "answer-request": ("verify", "ask"),
    "join-waiting-list": ("verify",),
    "leave-waiting-list": ("verify", "waitlist"),
}
"""What came before the page on which each form stands."""
BESIDE = {
    "change-contact",
    "withdraw-request",
    "move-request",
    "choose-time",
    "join-waiting-list",
    "leave-waiting-list",
}
"""Forms on a page of their own."""
OF_A_DRAFT = {
    "book": Visitor.ABOUT | {"note": "From this tab."},
    "book-doctor": {"cleared": "on"},
    "book-time": {"instead": "any"},
    "book-waiting": {"weekdays": ["1"], "weeks": "8"},
    "book-contact": {"name": "This Tab", "contact_by": "phone", "phone": "020 7946 0123"},
    "book-check": {},
    "book-discard": {},
    "book-address": {"email": "right@example.org"},
    "book-send-again": {},
    "book-hold-again": {},
}
AFTER = {"book-address", "book-send-again", "book-hold-again"}
"""Beside the page that says "sent"."""
BEFORE = {
    "book-doctor": lambda: {"safety": ticked("soon")},
    "book-waiting": lambda: {"time": {"first": "waiting", "practitioner": None}},
}
"""Answers that lead to a page which not everybody is shown."""
OF_NO_RECORD = {
    "find-request",
    "prove-address",
    "close-pages",
    "stop-staff-mail",
    "sms-report",
    None,
}
"""Forms for an address, a link, the whole browser, staff; and addresses that no page posts to any more."""


def test_every_post_is_in_a_table(client, clinic):
    for pattern in public_urls.urlpatterns:
        route = str(pattern.pattern)
        if route.startswith("^") or client.post("/" + sample_of(route)).status_code != 405:
            assert pattern.name in {*OF_A_REQUEST, *OF_A_DRAFT, *OF_NO_RECORD}, pattern


def asked_for(clinic, email, hours, verbs):
    service, location, _people = clinic
    start = noon() + timedelta(hours=hours)
    now = timezone.now()
    made = make_request(service, location, start=start, now=now, email=email, verified=False)
    for verb in verbs:
        DONE[verb](made)
    return made


def row(consultation):
    """All that is stored of it, events, visits and mails included."""
    found = ConsultationRequest.objects.filter(pk=consultation.pk)
    related = ("events", "appointments", "preferences", "messages")
    made = found.get()
    return found.values().get(), [list(getattr(made, name).values()) for name in related]


def press(client, page, path, **typed):
    """Fill in the form of a page that posts to this address, and send it."""
    form = next(
        form for form in forms_on(page.content, page.request["PATH_INFO"]) if form.path == path
    )
    return client.post(path, {name: sent for name, sent in form.shown.items() if sent} | typed)


@pytest.mark.parametrize("name", OF_A_REQUEST)
def test_another_link_opened_meanwhile_changes_nothing(client, clinic, name):
    mine, other = (
        asked_for(clinic, f"{n}@example.org", 2 * n - 2, OF_A_REQUEST[name]) for n in (0, 1)
    )
    args = [mine.reference]
    if name == "accept-offer":
        args.append(mine.appointments.get(status="pending").pk)
    path = reverse(name, args=args)
    open_(client, mine)
    page = client.get(path if name in BESIDE else reverse("manage", args=[mine.reference]))
    open_(client, other)
    client.get(reverse("manage", args=[other.reference]))
    before, untouched = row(mine), row(other)

    free = re.findall(r'name="times" value="([^"]+)"', page.text)[-1:]
    press(client, page, path, message="For this one.", weeks="2", times=free, phone="020 7946 0999")

    assert row(other) == untouched and row(mine) != before


@pytest.mark.parametrize("name", [name for name in OF_A_DRAFT if name not in AFTER])
def test_another_request_begun_meanwhile_changes_nothing(client, clinic, name):
    first, second = Visitor(client), Visitor(client)
    first.up_to_check(name="First Person", email="first@example.org")
    mine = Draft.objects.get()
    at = "check" if name == "book-discard" else name.removeprefix("book-")
    if name in BEFORE:
        Draft.objects.update(answers=mine.answers | BEFORE[name]())
    page = first.get(at) if name != "book" else client.get(f"/book/{first.draft}/")
    second.up_to_check(2, name="Second Person", email="second@example.org")
    other = Draft.objects.exclude(pk=mine.pk).get()

    press(client, page, reverse(name, args=[first.draft]), **OF_A_DRAFT[name], consent="on")

    assert Draft.objects.get(pk=other.pk).answers == other.answers
    left = Draft.objects.filter(pk=mine.pk).first()
    if name == "book-check":
        assert ConsultationRequest.objects.get().name == "First Person"
    else:
        assert left is None or left.expires_at > mine.expires_at


@pytest.mark.parametrize("name", sorted(AFTER))
def test_another_request_sent_meanwhile_changes_nothing(client, clinic, time_machine, name):
    first, second = Visitor(client), Visitor(client)
    first.up_to_check(name="First Person", email="first@example.org")
    first.send()
    mine = ConsultationRequest.objects.get()
    if name == "book-hold-again":
        time_machine.move_to(timezone.now() + timedelta(minutes=20))
    page = first.get("address" if name == "book-address" else "sent")
    second.up_to_check(2, name="Second Person", email="second@example.org")
    second.send()
    other = ConsultationRequest.objects.exclude(pk=mine.pk).get()
    before, untouched = row(mine), row(other)

    press(client, page, reverse(name, args=[first.draft]), **OF_A_DRAFT[name])

    assert row(other) == untouched and row(mine) != before


def test_a_carer_cancels_the_right_visit(client, clinic):
    mine, other = (
        asked_for(clinic, f"{n}@example.org", 2 * n - 2, ("verify", "confirm")) for n in (0, 1)
    )
    client.get(link_in("confirmed", mine))
    page = client.get(f"/request/{mine.reference}/cancel/")
    client.get(link_in("confirmed", other))

    press(client, page, f"/request/{mine.reference}/cancel/")

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.status, other.status) == (RequestStatus.WITHDRAWN, RequestStatus.CONFIRMED)


def test_without_its_own_link_nothing_happens(client, clinic):
    mine, other = (asked_for(clinic, f"{n}@example.org", 2 * n - 2, ("verify",)) for n in (0, 1))
    open_(client, mine)

    page = client.post(f"/request/{other.reference}/cancel/", {"message": "mine"})

    other.refresh_from_db()
    assert page.status_code == 403 and other.status == RequestStatus.SUBMITTED


def test_two_links_are_listed(client, clinic):
    found = [asked_for(clinic, f"{n}@example.org", 2 * n - 2, ()) for n in (0, 1)]
    assert client.get("/request/").url == "/request/find/"
    open_(client, found[0])
    assert client.get("/request/").url == f"/request/{found[0].reference}/"
    open_(client, found[1])
    page = client.get("/request/").text
    assert all(f"/request/{one.reference}/" in page for one in found)


def test_a_browser_holds_ten_links(client, clinic):
    service, location, _people = clinic
    for n in range(cookies.MOST + 2):
        about = {"now": timezone.now(), "email": f"{n}@example.org", "verified": False}
        open_(client, make_request(service, location, **about))
    held = [
        name for name, one in client.cookies.items() if name.startswith("request-") and one.value
    ]
    assert len(held) == cookies.MOST


def test_closing_takes_back_links_and_drafts(client, clinic):
    mine = asked_for(clinic, "0@example.org", 0, ())
    open_(client, mine)
    visitor = Visitor(client)
    visitor.up_to_check()

    page = client.post("/request/close/", follow=True)

    assert "no longer shows your requests" in page.text
    assert client.get(f"/request/{mine.reference}/").url == "/request/find/"
    assert visitor.get("check").url == "/book/" and not Draft.objects.exists()


class TestWhatThePageShowed:
    def test_a_visit_moved_meanwhile_is_not_cancelled(self, client, clinic, desk, start):
        mine = asked_for(clinic, "0@example.org", 0, ("verify", "confirm"))
        open_(client, mine)
        page = client.get(f"/request/{mine.reference}/cancel/")
        about = {"actor": desk, "version": mine.version, "now": timezone.now()}
        transitions.move(mine, start=noon() + timedelta(hours=2), **about)

        press(client, page, f"/request/{mine.reference}/cancel/")

        mine.refresh_from_db()
        assert mine.status == RequestStatus.CONFIRMED

    def test_another_question_is_not_answered(self, client, clinic, desk):
        mine = asked_for(clinic, "0@example.org", 0, ("verify", "ask"))
        open_(client, mine)
        page = client.get(f"/request/{mine.reference}/")
        about = {"actor": desk, "version": mine.version, "now": timezone.now()}
        transitions.ask_question(mine, question="Which knee?", **about)

        answer = press(client, page, f"/request/{mine.reference}/answer/", message="Since May.")

        mine.refresh_from_db()
        assert mine.patient_message == "" and mine.status == RequestStatus.INFO_NEEDED
        assert "Since May.</textarea>" in answer.text and "Which knee?" in answer.text
        press(client, answer, f"/request/{mine.reference}/answer/", message="The left.")
        mine.refresh_from_db()
        assert mine.patient_message == "The left."

    def test_times_offered_since_are_not_refused(self, client, clinic, desk):
        mine = asked_for(clinic, "0@example.org", 0, ("verify", "offer"))
        open_(client, mine)
        page = client.get(f"/request/{mine.reference}/")
        about = {"actor": desk, "version": mine.version, "now": timezone.now()}
        transitions.offer(mine, times=[(noon() + timedelta(hours=2), None)], **about)

        press(client, page, f"/request/{mine.reference}/refuse/")

        mine.refresh_from_db()
        assert mine.status == RequestStatus.OFFERED

    def test_answers_changed_in_another_tab_are_shown(self, visitor):
        _first, page = visitor.up_to_check()
        visitor.contact(name="Somebody Else")

        again = visitor.send(page)

        assert not ConsultationRequest.objects.exists()
        assert "have changed since" in again.text and again.text.count("nhsuk-tag") == 1
        visitor.send(again)
        assert ConsultationRequest.objects.get().name == "Somebody Else"

    def test_a_page_without_its_code_sends_nothing(self, visitor):
        visitor.up_to_check()
        visitor.post("check")
        assert not ConsultationRequest.objects.exists()


def test_an_address_alone_opens_no_draft(visitor):
    visitor.up_to_check()
    assert Client().get(visitor.at("contact")).url == "/book/"


def test_a_red_flag_stops_a_request_begun(visitor):
    visitor.up_to_check()
    visitor.about_again(flags=["cauda"])
    assert visitor.get("check").url == f"/book/{visitor.draft}/"


def test_a_request_begun_can_be_continued(visitor):
    visitor.up_to_check()
    page = visitor.client.get("/book/").text
    assert f'href="{visitor.at("check")}"' in page
    visitor.send()
    assert visitor.at("check") not in visitor.client.get("/book/").text


class TestOldAddresses:
    """Of pages that were open while the site was upgraded."""

    def test_a_request_without_reference_keeps_the_text(self, client, clinic):
        page = client.post("/request/answer/", {"message": "Since May."})
        assert page.status_code == 403 and "Since May." in page.text
        assert client.get("/request/cancel/").url == "/request/"

    def test_a_step_without_key_keeps_the_text(self, client, clinic):
        page = client.post("/book/contact/", {"name": "Maria Example", "contact_by": "email"})
        assert page.status_code == 403 and "Maria Example" in page.text
        assert client.get("/book/time/").url == "/book/"


class TestPause:
    """Away from the form for more than an hour."""

    @pytest.fixture
    def away(self, time_machine):
        return lambda **time: time_machine.move_to(timezone.now() + timedelta(**time))

    def test_it_is_told_and_all_is_kept(self, visitor, away):
        visitor.about()
        visitor.instead("any")
        away(minutes=90)

        page = visitor.contact(name="Maria After Lunch")

        ends_at(page, "/book/check/")
        assert "away for a while" in page.text and "Maria After Lunch" in page.text
        assert "Since May." in page.text
        assert "away for a while" not in visitor.get("check").text

    def test_a_time_that_is_gone_is_asked_anew(self, visitor, away, clinic):
        visitor.about()
        late = visitor.offered()[-1]
        visitor.time(late)
        for person in clinic[2]:
            person.weekly_hours.all().delete()
        away(minutes=90)

        page = visitor.contact()

        ends_at(page, "/book/time/")
        assert "has just been taken" in page.text
        assert Draft.objects.get().answers["contact"]["email"] == "maria@example.org"

    def test_after_a_day_the_text_comes_back(self, visitor, away):
        visitor.about()
        visitor.instead("any")
        away(hours=25)

        page = visitor.contact(name="Maria Next Week")

        assert page.status_code == 403 and "Nothing was sent" in page.text
        assert "Maria Next Week" in page.text


def test_leaving_deletes_the_draft(visitor):
    visitor.up_to_check()
    page = visitor.post("discard")
    assert not Draft.objects.exists() and "Your answers are deleted" in page.text
