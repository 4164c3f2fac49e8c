"""A plan to take home, on two phones: made, practised offline, shared, seen, taken back, erased."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import transitions as of_requests
from bookings.models import Appointment, Practitioner
from bookings.schedule.local_time import instant
from education.models import Exercise
from plans.models import Plan, PlanExercise, SharedDay
from tests.journeys.test_desk import ask, clinic, free, staff

__all__ = ["ask", "clinic", "free", "staff"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DRAWINGS = ("seated-knee-lift", "lying-leg-lift", "half-kneeling-stretch", "lying-stretch")
DRAWINGS += ("bridge", "lying-knee-hug", "standing-leg-curl", "seated-hamstring-stretch")


@pytest.fixture
def eight():
    for drawing in DRAWINGS:
        Exercise.objects.create(
            key=drawing,
            name=drawing.replace("-", " ").capitalize(),
            kind="stretch",
            position="lying",
            steps="Begin slowly.\nKeep breathing.",
            stop_if="It hurts more.",
            hold_from=30,
            drawing=drawing,
            start_alt="The start",
            end_alt="The end",
        )


@pytest.fixture
def here(ask, clinic, staff):
    """A patient is with Amara just now, and came today: the first screen shows today's visits."""
    user = staff("amara", "Practitioner")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    asked = ask(0, practitioner=clinic[2][0])
    of_requests.confirm(asked, actor=of_requests.SYSTEM, version=asked.version, now=timezone.now())
    now, location = timezone.now(), clinic[1]
    midnight = instant(location.today(now), time.min, location.zone)
    start = max(now - timedelta(minutes=20), midnight)
    end = start + timedelta(hours=1)
    times = {"start": start, "busy_start": start, "end": end, "busy_end": end}
    Appointment.objects.filter(request=asked, status="booked").update(status="arrived", **times)
    asked.refresh_from_db()
    return asked, user


def link_to(asked) -> str:
    mail = asked.messages.filter(kind="plan").first().email
    return re.search(r"/request/open/\S+", mail.message)[0]


def test_eight_exercises_in_twenty_taps(new_context, let_in, here, eight):
    """Counted from the first screen. Our page needs no script; the frame of the admin does."""
    asked, user = here
    phone = new_context(**PHONE)
    let_in(phone, user)
    page, taps = phone.new_page(), 0
    page.goto("/admin/")

    def tap(found):
        nonlocal taps
        found.tap()
        taps += 1

    tap(page.get_by_role("link", name="Plan for home").first)
    tap(page.get_by_role("button", name="Choose"))
    page.locator("input[name=add]").first.wait_for()
    for box in page.locator("input[name=add]").all():
        tap(box)
    tap(page.get_by_role("button", name="Add what is ticked"))
    page.get_by_text("Change", exact=True).first.wait_for()
    assert PlanExercise.objects.count() == 8
    tap(page.get_by_text("Change", exact=True).first)
    tap(page.get_by_role("button", name=re.compile("^Down")).first)
    tap(page.get_by_role("button", name="Give it to the patient"))
    page.get_by_text("A mail with the link is on its way.").first.wait_for()

    assert Plan.objects.get(request=asked).status == "sent"
    assert taps <= 20, taps


@pytest.mark.thorough
@pytest.mark.browser_context_args(service_workers="allow")
def test_from_the_visit_to_the_erasure(
    new_context, let_in, here, eight, watch, check_page, check_screen, check_fits, check_dark
):
    asked, user = here
    desk = new_context(**PHONE)
    let_in(desk, user)
    amara = desk.new_page()
    amara.goto(f"/admin/requests/{asked.reference}/plan/")
    amara.get_by_role("button", name="Choose").tap()
    amara.locator("input[name=add]").first.wait_for()
    for box in amara.locator("input[name=add]").all()[:2]:
        box.check()
    amara.get_by_role("button", name="Add what is ticked").tap()
    amara.locator(".plan-row summary").first.tap()
    check_screen(amara)
    check_fits(amara)
    amara.get_by_label("One line for the patient").first.fill("Slowly.")
    amara.get_by_label("Side", exact=True).first.select_option("left")
    amara.get_by_role("button", name="Give it to the patient").tap()
    amara.get_by_text("A mail with the link is on its way.").first.wait_for()

    phone = new_context(**PHONE)
    maria = phone.new_page()
    maria.goto(link_to(asked))
    maria.wait_for_url("**/plan/")
    expect(maria.get_by_text("Slowly.").first).to_be_visible()
    check_page(maria)
    check_fits(maria)
    check_dark(maria)
    expect(maria.get_by_role("link", name="Open the kept copy")).to_be_hidden()
    maria.get_by_role("button", name="Keep it on this device").tap()
    maria.get_by_text("It is kept.").wait_for()
    expect(maria.get_by_role("link", name="Open the kept copy")).to_be_visible()

    phone.set_offline(True)
    maria.goto(f"/request/{asked.reference}/plan/")
    expect(maria.get_by_role("heading", name="You are offline")).to_be_visible()
    maria.get_by_role("link", name="Open it").tap()
    expect(maria.get_by_role("heading", name="Your plan")).to_be_visible()
    picture = maria.locator("article img").first
    assert picture.evaluate("async img => { await img.decode(); return img.naturalWidth > 0 }")
    practise_to_the_end(maria)
    expect(maria.locator("[data-part=ticks] li")).to_have_count(1)
    phone.set_offline(False)
    watch.problems.clear()
    assert not SharedDay.objects.exists()

    maria.goto(link_to(asked))
    expect(maria.locator("[data-part=ticks] li")).to_have_text(re.compile(": 4$"))
    maria.get_by_role("button", name="I agree: share my days").tap()
    maria.get_by_text("Your days are shared from now on.").wait_for()
    assert list(SharedDay.objects.values_list("discomfort", flat=True)) == [4]
    check_page(maria)

    amara.goto(f"/admin/requests/{asked.reference}/")
    expect(amara.get_by_text("done on 1 day of 1")).to_be_visible()
    amara.get_by_role("link", name="With the patient").tap()
    expect(amara.locator("svg.plan-chart circle")).to_have_count(1)
    check_screen(amara)

    maria.get_by_role("button", name="Stop sharing, and delete what I shared").tap()
    maria.get_by_text("What you had shared is deleted.").wait_for()
    assert not SharedDay.objects.exists()
    amara.reload()
    expect(amara.get_by_text("The patient shares nothing.")).to_be_visible()

    maria.get_by_role("button", name="Remove the plan from this device").tap()
    maria.get_by_text("are removed from this device").wait_for()
    kept = "async () => [...await caches.keys(), ...Object.keys(localStorage)]"
    assert not [name for name in maria.evaluate(kept) if name.startswith("plan")]
    asked.refresh_from_db()
    because = {"actor": of_requests.SYSTEM, "now": timezone.now(), "because": "asked"}
    of_requests.erase(asked, version=asked.version, **because)
    assert not Plan.objects.exists()
    maria.reload()
    maria.wait_for_url("**/request/find/")


def practise_to_the_end(page) -> None:
    """Step by step; every hold is passed over."""
    page.get_by_role("button", name="Start").tap()
    expect(page.locator("[data-part=name]")).to_contain_text("left side")
    while page.locator("[data-part=stage]").is_visible():
        page.get_by_role("button", name="Next", exact=True).tap()
    page.locator("#practice-discomfort").select_option("4")
    page.get_by_role("button", name="Keep a note").tap()
