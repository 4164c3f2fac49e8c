"""Asking, step by step: what is kept, what leads where, and what makes a request."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, Consent, ConsultationRequest, Draft, Event
from bookings.public.booking.time_forms import parse_start
from tests.bookings.public.conftest import ends_at
from tests.factories import make_clinic

pytestmark = pytest.mark.django_db


@pytest.mark.postgresql
def test_the_whole_way_with_mail(visitor):
    first, page = visitor.up_to_check()
    ends_at(page, "/book/check/")
    page = visitor.send()
    ends_at(page, "/book/sent/")
    consultation = ConsultationRequest.objects.get()
    assert consultation.reference in page.content.decode()
    assert consultation.status == RequestStatus.UNVERIFIED
    held = consultation.appointments.get()
    assert (held.status, held.start) == (AppointmentStatus.PROPOSED, parse_start(first))
    assert held.claims.count() == 12
    assert Consent.objects.get().text.startswith("I agree")
    assert [e.verb for e in Event.objects.all()] == ["submit"]
    mail = Email.objects.get()
    assert mail.to == ["maria@example.org"]
    assert "/request/open/" in mail.message
    assert "Since May" not in mail.message + mail.subject


def test_new_years_eve_changes_no_answer(visitor, time_machine):
    """The page was shown in the old year, where a date of the new one has its year, and sent in the new."""
    time_machine.move_to(datetime(2026, 12, 31, 23, 58, tzinfo=UTC), tick=False)
    _first, page = visitor.up_to_check()
    assert "January 2027" in page.text
    time_machine.move_to(datetime(2027, 1, 1, 0, 1, tzinfo=UTC), tick=False)

    ends_at(visitor.send(page), "/book/sent/")

    assert ConsultationRequest.objects.count() == 1


def test_without_mail_the_clinic_calls(visitor):
    visitor.up_to_check(contact_by="phone", email="", phone="020 7946 0123")
    page = visitor.send()
    consultation = ConsultationRequest.objects.get()
    assert consultation.status == RequestStatus.SUBMITTED and consultation.needs_call
    assert consultation.respond_by
    assert not Appointment.objects.exists() and not Email.objects.exists()
    assert "020 7946 0123" in page.content.decode()


def test_the_source_is_carried_from_the_guide(visitor):
    query = "guide=/guides/iliopsoas/&revision=7&exercise=half-kneeling-stretch"
    page = visitor.client.get(f"/book/?{query}").content.decode()
    hidden = dict(
        re.findall(r'type="hidden" name="(guide|revision|exercise)" value="([^"]+)"', page)
    )
    visitor.about(**hidden)
    visitor.time()
    visitor.contact()
    visitor.send()
    consultation = ConsultationRequest.objects.get()
    assert consultation.source_path == "/guides/iliopsoas/"
    assert (consultation.source_revision, consultation.source_exercise) == (
        7,
        "half-kneeling-stretch",
    )


def test_the_source_is_still_known_after_going_back(visitor):
    visitor.about(guide="/guides/iliopsoas/", practitioner="7")
    visitor.about_again()
    answers = Draft.objects.get().answers
    assert answers["source"]["source_path"] == "/guides/iliopsoas/"
    assert answers["wish"] == {"practitioner": 7}


@pytest.mark.parametrize("guide", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_an_odd_source_is_dropped(visitor, guide):
    visitor.about(guide=guide)
    assert Draft.objects.get().answers["source"]["source_path"] == ""


def test_for_someone_else_asks_for_their_name(visitor):
    visitor.about(whom="other")
    visitor.time()
    assert "on_behalf_of" in visitor.contact().context["form"].errors
    visitor.contact(on_behalf_of="Sam Example")
    visitor.send()
    asked = ConsultationRequest.objects.get()
    assert (asked.name, asked.on_behalf_of) == ("Maria Example", "Sam Example")


def test_none_and_a_flag_together_is_asked_again(visitor):
    page = visitor.about(flags=["none", "soon"])
    assert "not both" in page.content.decode()


def test_a_step_needs_the_ones_before(visitor):
    ends_at(visitor.client.get(visitor.at("contact"), follow=True), "/book/")
    visitor.about()
    ends_at(visitor.client.get(visitor.at("contact"), follow=True), "/book/time/")


def test_nothing_typed_is_lost_on_an_error(visitor):
    visitor.about()
    visitor.time()
    page = visitor.contact(name="Maria Example", email="not-an-address").content.decode()
    assert "Maria Example" in page and "not-an-address" in page
    assert "Enter an email address" in page


def test_answers_survive_going_back_and_lost_sessions(visitor):
    visitor.up_to_check()
    visitor.client.cookies.pop("sessionid", None)
    page = visitor.client.get(f"/book/{visitor.draft}/").content.decode()
    assert "Since May." in page
    assert 'value="maria@example.org"' in visitor.get("contact").content.decode()


def test_a_draft_ends_after_a_day(visitor, time_machine):
    visitor.up_to_check()
    time_machine.move_to(timezone.now() + timedelta(hours=24, minutes=1))
    ends_at(visitor.client.get(visitor.at("check"), follow=True), "/book/")


def test_the_same_form_sent_again_is_one_request(visitor):
    visitor.up_to_check()
    for _ in range(3):
        ends_at(visitor.send(), "/book/sent/")
    assert ConsultationRequest.objects.count() == 1
    assert Email.objects.count() == 1


def test_posted_fields_that_nobody_asked_for_change_nothing(visitor):
    visitor.about(status="confirmed", service="99", duration="500")
    visitor.time()
    visitor.contact(status="confirmed", respond_by="2020-01-01")
    visitor.send()
    assert ConsultationRequest.objects.get().status == RequestStatus.UNVERIFIED


def test_a_closed_service_says_so(visitor, clinic):
    service, _location, _people = clinic
    service.active = False
    service.save()
    page = visitor.client.get("/book/")
    assert "closed" in page.content.decode() and page.status_code == 200
    assert "020 7946 0123" in page.content.decode()


def test_a_service_closes_while_the_form_is_open(visitor, clinic):
    visitor.up_to_check()
    clinic[0].active = False
    clinic[0].save()
    page = visitor.send()
    assert "closed" in page.content.decode()
    assert not ConsultationRequest.objects.exists()


def test_get_and_head_write_nothing(visitor):
    for method in (visitor.client.get, visitor.client.head):
        steps = map(visitor.at, ("time", "check", "sent"))
        for path in ("/book/", "/book/?guide=/x/", "/book/check/", *steps):
            assert method(path, follow=True).status_code == 200
    assert not Draft.objects.exists()


def test_search_engines_find_only_the_first_page(visitor):
    first = visitor.client.get("/book/?guide=/x/")
    _token, behind = visitor.up_to_check()

    assert first["X-Robots-Tag"] == "all"
    assert '<link rel="canonical" href="http://testserver/book/">' in first.content.decode()
    assert "noindex" not in first.content.decode()
    assert behind["X-Robots-Tag"] == "noindex"


def test_pages_with_answers_are_kept_by_nobody(visitor):
    _first, page = visitor.up_to_check()
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"


def test_two_of_a_family_come_at_once(visitor):
    """They share an address, and a second practitioner is free at that time."""
    first, _page = visitor.up_to_check()
    ends_at(visitor.send(), "/book/sent/")
    visitor.client.cookies.clear()
    again, _page = visitor.up_to_check()
    assert again == first
    ends_at(visitor.send(), "/book/sent/")
    held = Appointment.objects.values_list("start", "practitioner")
    assert len(held) == 2 and len({start for start, _who in held}) == 1


def test_another_place_asks_anew_for_the_time(visitor, clinic):
    """Other people work there, at other hours."""
    one, (service, location, _people) = clinic, make_clinic(minimum_notice_hours=1)
    visitor.about(offering=f"{one[0].pk}-{one[1].pk}")
    visitor.time()
    visitor.about_again(offering=f"{service.pk}-{location.pk}")
    assert visitor.get("contact").url == visitor.at("time")
    visitor.time()
    visitor.about_again(offering=f"{service.pk}-{location.pk}", note="Since June.")
    assert visitor.get("contact").status_code == 200


def test_each_change_names_its_answer(visitor):
    _first, page = visitor.up_to_check()
    names = re.findall(r'>Change<span class="nhsuk-u-visually-hidden"> ([^<]+)</span>', page.text)
    assert {"First choice", "Name", "Email", "Safety questions"} <= set(names)
    assert "Change" not in names
