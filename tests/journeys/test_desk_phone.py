"""Somebody rings: the desk cancels for them, makes an exception, and books the next visits."""

import os
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment
from tests.bookings.public.conftest import link_in
from tests.factories import make_request
from tests.journeys.test_desk import ask, at_desk, clinic, free, staff, status_of
from tests.journeys.test_desk_day import booked

__all__ = ["ask", "at_desk", "booked", "clinic", "free", "staff"]
WEEK = timedelta(weeks=1)


def snap(page, name):
    if folder := os.environ.get("SNAP"):
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")


def visit_of(consultation):
    return consultation.appointments.get(status=AppointmentStatus.BOOKED)


def open_card(page, watch, consultation):
    page.goto(reverse("desk:request", args=[consultation.reference]))
    watch.settle(page)


@pytest.mark.thorough
def test_a_patient_rings_to_cancel(at_desk, booked, watch, check_screen):
    consultation = booked(0)
    visit = visit_of(consultation)
    page = at_desk()
    open_card(page, watch, consultation)
    page.keyboard.press("x")
    page.get_by_text("They told you that they are not coming").wait_for()
    check_screen(page)
    snap(page, "cancel-for")
    page.locator("#action-cancel_for").get_by_label("Message").fill("Get well soon.")
    page.get_by_role("button", name="Cancel, as they asked").click()
    page.get_by_text("cancelled, as the patient asked").first.wait_for()
    visit.refresh_from_db()
    assert status_of(consultation) == RequestStatus.WITHDRAWN and visit.status == "cancelled"
    page.goto(f"{reverse('desk:diary')}?day={visit.start.date()}")
    expect(page.locator("main s").first).to_be_visible()
    open_card(page, watch, consultation)
    page.keyboard.press("u")
    page.get_by_text("undone. Nothing was sent.").wait_for()
    assert visit_of(consultation) == visit


@pytest.mark.thorough
def test_a_time_is_booked_anyway(at_desk, booked, watch, check_screen, check_fits, check_dark):
    """Ten past closing: refused in words, booked with a reason, marked in the diary."""
    consultation = booked(0)
    visit = visit_of(consultation)
    late = visit.start.replace(hour=17, minute=10)
    page = at_desk()
    open_card(page, watch, consultation)
    page.keyboard.press("t")
    page.locator("#action-move").get_by_label("Start").fill(f"{late:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Move the visit").click()
    page.get_by_text("although:").wait_for()
    why = page.get_by_label("Book it anyway, because")
    expect(why).to_be_focused()
    why.blur()
    page.locator("#action-move").dispatch_event("toggle")  # as it comes where the page loads slowly
    expect(why).to_be_focused()
    check_screen(page)
    snap(page, "anyway-refused")
    page.set_viewport_size({"width": 390, "height": 900})
    check_fits(page)
    check_dark(page)
    why.fill("She comes straight from work.")
    why.press("Enter")
    page.get_by_text(f"{consultation.reference} is moved:").wait_for()
    page.get_by_text("She comes straight from work.").first.wait_for()
    check_fits(page)
    snap(page, "anyway-card")
    assert visit_of(consultation).start == late
    page.goto(f"{reverse('desk:diary')}?day={late.date()}")
    page.get_by_text("Booked anyway:").first.wait_for()
    check_screen(page)
    snap(page, "anyway-diary")


@pytest.fixture
def full(clinic):
    """Nobody is free at that time any more."""

    def make(start):
        for n in range(2):
            email = f"full{n}-{start:%d%H}@example.org"
            make_request(*clinic[:2], start=start, now=timezone.now(), email=email)

    return make


@pytest.mark.thorough
def test_the_next_visits_are_booked(
    at_desk, booked, full, watch, new_context, check_themes, check_screen, check_fits, check_dark
):
    consultation = booked(0)
    first = visit_of(consultation)
    page = at_desk()
    open_card(page, watch, consultation)
    page.keyboard.press("v")
    button = page.get_by_role("button", name="In 1 week")
    expect(button).to_be_focused()
    snap(page, "next-card")
    page.keyboard.press("Enter")
    page.get_by_text("The next visit is booked:").wait_for()
    page.get_by_role("heading", name="Booked with it").wait_for()
    assert Appointment.objects.filter(start=first.start + WEEK, status="booked").exists()

    full(first.start + 3 * WEEK)
    check_themes(page, reverse("desk:book_next", args=[consultation.reference]))
    snap(page, "next-page")
    page.get_by_label("First visit").fill(f"{first.start + 2 * WEEK:%Y-%m-%dT%H:%M}")
    page.get_by_label("How many visits").fill("4")
    page.get_by_role("button", name="Book them").click()
    page.get_by_role("heading", name="Nothing is booked yet").wait_for()
    check_screen(page)
    snap(page, "next-refused")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        check_fits(page)
    check_dark(page)
    assert Appointment.objects.filter(status="booked").count() == 2
    page.get_by_role("button", name="Book these").click()
    page.get_by_text("4 visits are booked:").wait_for()
    visits = Appointment.objects.filter(status="booked").order_by("start")
    assert visits.count() == 6
    told = visits[2].request

    patient = new_context(viewport={"width": 390, "height": 900}).new_page()
    patient.goto(link_in("booked_several", told))
    patient.get_by_role("heading", name="Your other appointments").wait_for()
    snap(patient, "patient")
    patient.set_viewport_size({"width": 390, "height": 900})
    links = patient.locator(".series a")
    assert links.count() == 5
    links.last.click()
    expect(patient.locator(".eyebrow")).to_contain_text(visits[5].request.reference)
    check_themes(patient, f"/request/{told.reference}/")
