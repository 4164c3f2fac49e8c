"""The main job in one go: read and edit the guide, ask, answer, accept, cancel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from playwright.sync_api import Page, expect
from post_office.models import Email

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, ConsultationRequest

PASSWORD = "a long enough password"  # noqa: S105


@pytest.fixture
def site(seeded: None) -> None:
    """The site as `make run` seeds it, with an owner who can log in."""
    call_command("seed_clinic")
    get_user_model().objects.create_superuser("owner", password=PASSWORD)


def log_in(page: Page) -> None:
    page.goto("/admin/")
    page.locator("input[name=username]").fill("owner")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/admin/$"))


def go_on(page: Page) -> None:
    """To the next page: whoever looks at once would see the one that was sent."""
    with page.expect_navigation():
        page.locator("main button[type=submit]").first.click()


def ask_for_a_consultation(page: Page, email: str) -> str:
    """From the guide's link to the reference."""
    page.goto("/")
    page.get_by_role("link", name="The Iliopsoas").first.click()
    expect(page.locator("h1")).to_contain_text("The Iliopsoas")
    page.get_by_role("link", name="Book a consultation about").last.click()
    page.get_by_label("For me").check()
    page.get_by_label("None of these").check()
    page.get_by_label("The hip or the front of the thigh feels tight").check()
    page.get_by_label("Left", exact=True).check()
    page.get_by_label("Sit with less stiffness").check()
    go_on(page)
    page.locator("input[name=times]").first.check(force=True)
    go_on(page)
    page.get_by_label("Your full name").fill("Maria Example")
    page.get_by_label("Email", exact=True).check()
    page.get_by_label("Email address").fill(email)
    page.get_by_label("I agree").check()
    go_on(page)
    expect(page.locator("main")).to_contain_text(email)
    go_on(page)
    expect(page.locator("h1")).to_contain_text("confirm your email address")
    return ConsultationRequest.objects.get(email=email).reference


def newest_link(email: str) -> str:
    mail = Email.objects.filter(to=email).order_by("-pk").first()
    assert mail
    found = re.search(r"http://\S+/request/open/\S+", mail.message)
    assert found
    return found[0]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(True, id="script", marks=pytest.mark.both),
        pytest.param(False, id="no-script", marks=pytest.mark.thorough),
    ],
)
def test_read_ask_confirm_and_cancel(site, new_context, check_page, check_screen, script) -> None:
    patient = new_context(java_script_enabled=script).new_page()
    email = "maria@example.org"
    reference = ask_for_a_consultation(patient, email)
    patient.goto(newest_link(email))
    patient.get_by_role("button", name="Confirm my address").click()
    expect(patient.locator("h1")).to_have_text("We have your request")
    expect(patient.locator("main")).to_contain_text("We will answer you by")

    staff = new_context().new_page()
    log_in(staff)
    staff.get_by_role("link", name=reference).first.click()
    expect(staff.locator("main")).to_contain_text("Maria Example")
    check_screen(staff)
    staff.get_by_role("button", name=re.compile("^Confirm")).first.click()
    expect(staff.locator(".messages")).to_contain_text(f"{reference} is confirmed")
    consultation = ConsultationRequest.objects.get(reference=reference)
    assert consultation.status == RequestStatus.CONFIRMED
    assert consultation.source_path == "/guides/iliopsoas/"
    confirm = consultation.events.get(verb="confirm")
    assert confirm.actor.get_username() == "owner"

    mail = Email.objects.filter(to=email).order_by("-pk").first()
    assert mail.attachments.get().mimetype.startswith("text/calendar")
    patient.goto(newest_link(email))
    expect(patient.locator("h1")).to_have_text("Your appointment is booked")
    if script:
        check_page(patient)
    with patient.expect_download() as download:
        patient.get_by_role("link", name="Add to my calendar").click()
    assert "BEGIN:VCALENDAR" in Path(download.value.path()).read_text()
    patient.get_by_role("link", name="Cancel my appointment").click()
    patient.get_by_role("button", name="Yes, cancel it").click()
    expect(patient.locator("h1")).to_have_text("You have cancelled your appointment")
    assert Appointment.objects.get().status == AppointmentStatus.CANCELLED


@pytest.mark.thorough
def test_a_taken_time_is_not_offered_again(site, new_context) -> None:
    first = new_context().new_page()
    ask_for_a_consultation(first, "one@example.org")
    ask_for_a_consultation(new_context().new_page(), "two@example.org")
    held = Appointment.objects.order_by("pk")
    assert held.count() == 2
    assert (held[0].practitioner_id, held[0].start) != (held[1].practitioner_id, held[1].start)


def test_booking_pages_are_accessible_and_valid(site, page, check_page) -> None:
    for path in ("/", "/guides/", "/guides/iliopsoas/", "/book/", "/request/find/"):
        page.goto(path)
        check_page(page)
    for level in ("emergency", "urgent", "soon", "hold"):
        page.goto(f"/book/care/{level}/")
        check_page(page)
    page.goto("/book/")
    go_on(page)
    check_page(page)
    page.get_by_label("Hip or groin pain that grows").check()
    for name in ("whom", "reason", "side", "goal"):
        page.locator(f"input[name={name}]").first.check()
    go_on(page)
    check_page(page)
    page.get_by_label("A doctor, or the treating team").check()
    go_on(page)
    check_page(page)
    go_on(page)
    check_page(page)
    page.get_by_role("button", name="Put me on the waiting list").click()
    check_page(page)
    go_on(page)
    check_page(page)
    go_on(page)
    check_page(page)
