"""A mistyped address: the desk corrects it, and the patient comes in by the new one alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bookings.models import ConsultationRequest
from tests.bookings.public.conftest import link_in
from tests.journeys.test_desk import ask, at_desk, clinic, free, staff
from tests.journeys.test_main_job import newest_link

__all__ = ["ask", "at_desk", "clinic", "free", "staff"]


@pytest.fixture
def mistyped(ask, settings, base_url) -> ConsultationRequest:
    settings.SITE_URL = base_url
    return ask(0, email="maria@exampel.org")


@pytest.mark.thorough
def test_the_desk_corrects_an_address(at_desk, new_context, mistyped) -> None:
    old = link_in("verify", mistyped)
    page = at_desk()
    page.goto(f"/admin/requests/{mistyped.reference}/")
    page.locator("#action-correct_contact summary").click()
    form = page.locator("#action-correct_contact")
    form.get_by_label("Email").fill("maria@example.org")
    form.get_by_label("Name").fill("María Example")
    form.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/{mistyped.reference}/")
    mistyped.refresh_from_db()
    assert (mistyped.email, mistyped.name) == ("maria@example.org", "María Example")

    patient = new_context().new_page()
    patient.goto(newest_link("maria@example.org"))
    expect(patient.locator("h1")).to_have_text("Please confirm your email address")
    expect(patient.locator("main")).not_to_contain_text("María")
    patient.get_by_role("button", name="Confirm my address").click()
    expect(patient.locator("h1")).to_have_text("We have your request")

    stranger = new_context().new_page()
    answer = stranger.goto(old)
    assert answer and answer.status == 404
