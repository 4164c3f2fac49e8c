"""The page behind the link: how a request stands, and what its patient can do about it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import transitions
from bookings.enums import AppointmentStatus, DeclineReason, RequestStatus
from tests.bookings.public.conftest import link_in, offer
from tests.factories import make_person, make_request

pytestmark = pytest.mark.django_db


def test_a_request_is_shown_with_two_queries(caching, client, asked, django_assert_num_queries):
    client.get(link_in("verify", asked), follow=True)
    with django_assert_num_queries(2):  # the request by its link, and its visits
        client.get(f"/request/{asked.reference}/")


def test_a_wrong_method_gets_the_sites_page(patient):
    page = patient.get("verify/")
    assert page["Allow"] == "POST" and "020 7946 0123" in page.content.decode()


def test_verify(patient, asked):
    page = patient.post("verify/", follow=True)
    asked.refresh_from_db()
    assert asked.status == RequestStatus.SUBMITTED and asked.verified_at
    assert "your address is confirmed" in page.content.decode()
    patient.post("verify/")
    assert asked.messages.filter(kind="received").count() == 1


@pytest.mark.postgresql
def test_accept_an_offered_time(patient, asked, desk, start):
    offered = offer(asked, desk, start)
    page = patient.get().content.decode()
    assert "Accept this time" in page and "Held for you until" in page
    assert re.search(r'<p class="print-only">To answer, call us on .*020 7946 0123', page)
    page = patient.post(f"accept/{offered.pk}/", follow=True)
    offered.refresh_from_db()
    assert offered.status == AppointmentStatus.BOOKED
    assert "Your appointment is booked" in page.content.decode()
    file = patient.get("appointment.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VTIMEZONE" in file.content and b"Since May" not in file.content
    again = patient.post(f"accept/{offered.pk}/", follow=True)
    assert "is no longer possible" in again.content.decode()


def test_nobody_accepts_somebody_elses_offer(patient, clinic, desk, start):
    service, location, _people = clinic
    other = make_request(
        service, location, start=start, now=timezone.now(), verified=False, email="b@example.org"
    )
    offered = offer(other, desk, start)
    assert patient.post(f"accept/{offered.pk}/").status_code == 404
    assert patient.post(f"accept/{2**70}/").status_code == 404
    offered.refresh_from_db()
    assert offered.status == AppointmentStatus.PENDING


def test_refuse(patient, asked, desk, start):
    offer(asked, desk, start)
    page = patient.post("refuse/", follow=True)
    asked.refresh_from_db()
    assert asked.status == RequestStatus.IN_REVIEW
    assert "another time" in page.content.decode()


def test_cancel_asks_once_more(patient, asked):
    assert "Cancel your request?" in patient.get("cancel/").content.decode()
    page = patient.post("cancel/", follow=True)
    asked.refresh_from_db()
    assert asked.status == RequestStatus.WITHDRAWN
    assert "You have cancelled your request" in page.content.decode()
    assert "no longer possible" in patient.post("cancel/", follow=True).content.decode()


def test_after_the_visit_another_one_is_offered(patient, asked, desk, time_machine):
    transitions.verify(asked, now=timezone.now())
    visit = transitions.confirm(asked, actor=desk, version=asked.version, now=timezone.now())
    assert "We ask for" not in patient.get("cancel/").content.decode()
    time_machine.move_to(visit.start - timedelta(hours=1))
    patient.client.get(link_in("confirmed", asked))
    assert "We ask for 24 hours’ notice" in patient.get("cancel/").content.decode()
    time_machine.move_to(visit.end)
    patient.client.get(link_in("confirmed", asked))
    for change in (None, transitions.arrive, transitions.fulfil):
        if change:
            change(visit, actor=desk, now=timezone.now())
        page = patient.get().content.decode()
        assert "appointment was on" in page and "Book a new consultation" in page
        assert ("Thank you for coming" in page) == bool(change)
        assert "Cancel my" not in page


def test_a_missed_visit_is_not_shown_as_past(patient, asked, desk, time_machine):
    transitions.verify(asked, now=timezone.now())
    visit = transitions.confirm(asked, actor=desk, version=asked.version, now=timezone.now())
    time_machine.move_to(visit.end)
    transitions.noshow(visit, actor=desk, now=timezone.now())
    patient.client.get(link_in("missed", asked))

    page = patient.get().content.decode()

    assert "Sorry we missed you" in page and "We expected you on" in page
    assert "appointment was on" not in page and "Thank you for coming" not in page
    assert "Ask for a new time</a>" in page and "Price" not in page and "Where" not in page


def test_a_cancelled_visit_is_named_without_price(patient, asked, desk):
    transitions.verify(asked, now=timezone.now())
    visit = transitions.confirm(asked, actor=desk, version=asked.version, now=timezone.now())
    page = patient.get().text
    assert 'href="#change"' in page and "All times are London time" in page
    assert all(word in patient.get("cancel/").text for word in ("Move it instead", "No, keep it"))
    moved = patient.get("move/").text
    assert visit.practitioner.name in moved and "Which days and times suit you?" in moved

    page = patient.post("cancel/", follow=True).text

    assert "You are not coming on" in page and "Ask for a new time</a>" in page
    assert "Price" not in page and "Book a new consultation" not in page


def test_move_keep_and_answer(patient, asked, desk):
    transitions.verify(asked, now=timezone.now())
    transitions.ask_question(
        asked, actor=desk, version=asked.version, now=timezone.now(), question="Since when?"
    )
    page = patient.get().content.decode()
    assert "Since when?" in page
    assert "Write your answer" in patient.post("answer/", {}).content.decode()
    patient.post("answer/", {"message": "Since May."})
    asked.refresh_from_db()
    assert asked.patient_message == "Since May."
    visit = transitions.confirm(
        asked, actor=desk, version=asked.version, now=timezone.now(), start=None
    )
    patient.post("move/", {"message": "An afternoon, please."})
    asked.refresh_from_db()
    assert asked.status == RequestStatus.IN_REVIEW
    patient.post("keep/")
    asked.refresh_from_db()
    visit.refresh_from_db()
    assert (asked.status, visit.status) == (RequestStatus.CONFIRMED, AppointmentStatus.BOOKED)


@pytest.mark.parametrize("path", ["answer/", "move/"])
def test_text_is_shown_when_its_form_is_gone(patient, asked, path):
    page = patient.post(path, {"message": "Since May,\n<b>mostly</b> at night."})  # nobody asked
    assert page.status_code == 200 and "There is a problem" in page.text
    assert "That is no longer possible: the request has changed since." in page.text
    assert "Since May,<br>&lt;b&gt;mostly&lt;/b&gt; at night.</dd>" in page.text
    # On the request's own page, which says how it stands.
    assert "Please confirm your email address" in page.text and "<textarea" not in page.text
    assert patient.get().text.count("Since May") == 0


@pytest.mark.postgresql
def test_wishes_sent_too_late_are_told_by_name(patient, asked):
    transitions.withdraw(asked, now=timezone.now())
    page = patient.post("waiting-list/", {"weekdays": ["1"], "parts": ["morning"], "weeks": "4"})
    assert page.context["refused"] and "You have cancelled" in page.text
    assert [text for _label, text in page.context["typed"]] == ["Tuesday", "Mornings", "Four weeks"]


def test_without_a_time_the_waiting_list_comes_first(patient, asked, desk):
    transitions.verify(asked, now=timezone.now())
    reason = DeclineReason.NO_TIME
    transitions.decline(
        asked, actor=desk, version=asked.version, now=timezone.now(), reason=reason, message=""
    )

    page = patient.get().text

    assert 'href="/book/">Ask for the waiting list</a>' in page
    assert "Book a new consultation" not in page


@pytest.mark.parametrize(
    ("reason", "said"),
    [(DeclineReason.SEE_DOCTOR, " Please see a doctor first.</p>"), (DeclineReason.OTHER, "")],
)
def test_a_declined_request_says_why(patient, asked, desk, reason, said):
    transitions.verify(asked, now=timezone.now())
    transitions.decline(
        asked,
        actor=desk,
        version=asked.version,
        now=timezone.now(),
        reason=reason,
        message="<b>Please</b> see a doctor.",
    )
    page = patient.get().content.decode()
    assert said in page and "&lt;b&gt;Please" in page
    assert "Another reason" not in page


def test_an_open_question_shows_what_is_held(patient, asked, start, desk):
    def question():
        given = {"actor": desk, "version": asked.version, "now": timezone.now()}
        transitions.ask_question(asked, question="Since when?", **given)
        return patient.get().content.decode()

    when = f"{start.day}\xa0{start:%B}"
    transitions.verify(asked, now=timezone.now())
    assert "We are holding" in (page := question()) and when in page
    transitions.confirm(asked, actor=desk, version=asked.version, now=timezone.now())
    transitions.ask_to_move(asked, now=timezone.now(), message="Later?")
    assert "your appointment stays" in (page := question()) and when in page


def test_spam_is_shown_as_closed(patient, asked, desk):
    transitions.verify(asked, now=timezone.now())
    transitions.mark_spam(asked, actor=desk, version=asked.version, now=timezone.now())
    page = patient.get().content.decode()
    assert "It is closed." in page and "waiting list" not in page


def test_an_unproven_address_sees_only_the_question(patient, desk):
    """The desk has corrected it: until its owner confirms, the page tells nothing."""
    consultation = patient.consultation
    transitions.verify(consultation, now=timezone.now())
    person = make_person(name=consultation.name, email="marta@example.org")
    transitions.correct_contact(
        consultation, person, actor=desk, version=consultation.version, now=timezone.now()
    )
    assert patient.get().status_code == 302  # the old link is dead
    patient.client.get(link_in("new_address", consultation))
    page = patient.get().text
    assert "Confirm my address" in page and consultation.reason_label not in page
    patient.post("verify/")
    page = patient.get().text
    assert "We have your request" in page
    consultation.refresh_from_db()
    assert consultation.is_proven
