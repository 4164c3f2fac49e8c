"""One browser, two requests: each tab acts on the one that it shows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest, Draft, Location, Service
from bookings.schedule.availability import Search, first_page
from tests.bookings.public.conftest import link_in
from tests.factories import make_request
from tests.journeys.test_main_job import go_on


@pytest.fixture
def clinic(_committed_rows: None, settings, base_url: str) -> tuple[Service, Location]:
    settings.SITE_URL = base_url
    call_command("seed_clinic", verbosity=0)
    return Service.objects.get(), Location.objects.get()


@pytest.fixture
def booked(clinic, django_user_model) -> list[ConsultationRequest]:
    """Two visits of two people, both of whose links a carer has."""
    now = timezone.now()
    desk = transitions.staff(django_user_model.objects.create_user("ruth"))
    _day, slots = first_page(Search(*clinic, now), days=10)
    made = []
    for slot, email in ((slots[0], "a@example.org"), (slots[-1], "b@example.org")):
        asked = make_request(*clinic, start=slot.start, now=now, email=email)
        transitions.confirm(asked, actor=desk, version=asked.version, now=now)
        made.append(asked)
    return made


def test_a_carer_cancels_the_visit_on_the_page(page: Page, booked) -> None:
    one, two = booked
    page.goto(link_in("confirmed", one))
    page.get_by_role("link", name="Cancel my appointment").click()
    other = page.context.new_page()
    other.goto(link_in("confirmed", two))
    expect(other.locator("main")).to_contain_text(two.reference)

    page.get_by_role("button", name="Yes, cancel it").click()

    expect(page.locator("main")).to_contain_text(one.reference)
    expect(page.locator("h1")).to_have_text("You have cancelled your appointment")
    other.reload()
    expect(other.locator("h1")).to_have_text("Your appointment is booked")
    statuses = [ConsultationRequest.objects.get(pk=made.pk).status for made in booked]
    assert statuses == [RequestStatus.WITHDRAWN, RequestStatus.CONFIRMED]


def test_closing_the_page_closes_both(page: Page, booked) -> None:
    for asked in booked:
        page.goto(link_in("confirmed", asked))
    page.get_by_role("button", name="Leave this page").click()
    expect(page.locator("main")).to_contain_text("no longer shows your requests")
    page.goto(f"/request/{booked[0].reference}/")
    expect(page.locator("h1")).to_have_text("Find your request")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Find your request")


def write(page: Page, name: str, choice: int) -> None:
    """Up to the last page, for the time of this number."""
    page.goto("/book/")
    for label in ("For me", "None of these", "feels tight", "Left", "Sit with"):
        page.get_by_label(re.compile(label)).check()
    go_on(page)
    page.locator("input[name=times]").nth(choice).check(force=True)
    go_on(page)
    page.get_by_label("Your full name").fill(name)
    page.get_by_label("Email", exact=True).check()
    page.get_by_label("Email address").fill(f"{name.split()[0].lower()}@example.org")
    page.get_by_label("I agree").check()
    go_on(page)
    expect(page.locator("h1")).to_have_text("Check your answers")


def test_two_tabs_send_what_each_shows(page: Page, clinic) -> None:
    other = page.context.new_page()
    write(page, "Amal First", 0)
    write(other, "Bea Second", 5)
    expect(page.locator("main")).to_contain_text("Amal First")

    go_on(page)
    expect(page.locator("main")).to_contain_text("amal@example.org")
    go_on(other)
    expect(other.locator("main")).to_contain_text("bea@example.org")

    first, second = ConsultationRequest.objects.order_by("pk")
    assert (first.name, second.name) == ("Amal First", "Bea Second")
    assert first.appointments.get().start < second.appointments.get().start


@pytest.mark.thorough
def test_an_answer_changed_in_another_tab_is_marked(page: Page, clinic) -> None:
    write(page, "Amal First", 0)
    other = page.context.new_page()
    other.goto(page.url.replace("/check/", "/contact/"))
    other.get_by_label("Your full name").fill("Amal Changed")
    go_on(other)

    go_on(page)
    expect(page.locator(".nhsuk-tag")).to_have_text("Changed")
    assert not ConsultationRequest.objects.exists()
    go_on(page)
    expect(page.locator("h1")).to_contain_text("confirm your email address")
    assert ConsultationRequest.objects.get().name == "Amal Changed"


@pytest.mark.thorough
def test_after_a_long_pause_all_is_there(page: Page, clinic) -> None:
    write(page, "Amal First", 0)
    page.goto(page.url.replace("/check/", "/contact/"))
    page.get_by_label("Your full name").fill("Amal After Lunch")
    Draft.objects.update(expires_at=timezone.now() + timedelta(hours=22))
    go_on(page)
    expect(page.locator("main")).to_contain_text("You were away for a while")
    expect(page.locator("main")).to_contain_text("Amal After Lunch")
    page.get_by_role("button", name="Delete my answers").click()
    expect(page.locator("main")).to_contain_text("Your answers are deleted")
    assert not Draft.objects.exists()


@pytest.mark.both
def test_a_patient_moves_the_visit(page: Page, booked, check_page) -> None:
    one, _two = booked
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(link_in("confirmed", one))
    page.get_by_role("link", name="Move my appointment").click()
    expect(page.locator("h1")).to_have_text("Move my appointment")
    check_page(page)
    page.locator("input[name=times]").nth(3).check(force=True)
    value = page.locator("input[name=times]:checked").get_attribute("value")
    page.get_by_role("button", name="Move to this time").click()
    expect(page.locator("main")).to_contain_text("Your appointment has a new time.")
    expect(page.get_by_role("heading", name="Your appointment is booked")).to_have_count(1)
    visit = one.appointments.get(status="booked")
    assert f"{visit.start:%Y-%m-%dT%H:%MZ}" == value
