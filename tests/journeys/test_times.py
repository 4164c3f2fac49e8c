"""Choosing a time: other days and people without a new page, by keyboard, spoken, and back again."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Location, Service
from bookings.public.booking.time_forms import parse_start
from bookings.schedule.availability import Search, find_slot
from tests.factories import make_request


@pytest.fixture
def time_page(page: Page) -> Page:
    call_command("seed_clinic", verbosity=0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/book/")
    for label in ("For me", "None of these", "feels tight", "Left", "Sit with"):
        page.get_by_label(re.compile(label)).check()
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/book/.+/time/"))
    return page


def test_other_days_come_without_a_new_page(time_page, check_page):
    page = time_page
    check_page(page)
    page.evaluate("window.same = true")
    values = page.locator("input[name=times]")
    before = values.first.get_attribute("value")
    page.get_by_role("link", name="Later").first.press("Enter")
    expect(page).to_have_url(re.compile(r"\?from="))
    expect(page.get_by_role("status").last).to_have_text(re.compile(r"\d+ free times?"))
    expect(page.get_by_role("link", name="Later").first).to_be_focused()
    expect(values.first).not_to_have_attribute("value", before)
    page.get_by_role("link", name="Jonas Lindqvist", exact=True).click()
    expect(page.locator(".with-whom [aria-current]")).to_have_text("Jonas Lindqvist")
    expect(page.get_by_role("link", name="Jonas Lindqvist", exact=True)).to_be_focused()
    page.go_back()
    expect(page.locator(".with-whom [aria-current]")).to_have_text("Anyone")
    page.go_back()
    expect(values.first).to_have_attribute("value", before)
    assert page.evaluate("window.same") is True
    page.go_forward()
    expect(values.first).not_to_have_attribute("value", before)
    values.first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="How can we reach you?")).to_be_visible()


def test_a_time_taken_meanwhile_is_told(time_page):
    """The page looks again when one comes back to it after a minute."""
    page, now = time_page, timezone.now()
    radio = page.locator("input[name=times]").first
    value = radio.get_attribute("value")
    radio.check(force=True)
    service, location, start = Service.objects.get(), Location.objects.get(), parse_start(value)
    for person in find_slot(Search(service, location, now), start).practitioner_ids:
        make_request(service, location, start=start, now=now, email=f"{person}@example.org")
    page.clock.install()
    page.clock.fast_forward(120_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.resume()
    expect(page.get_by_role("status").last).to_have_text(re.compile("has just been taken"))
    expect(page.locator(f"input[value='{value}']")).to_have_count(0)
