"""The desk's whole day in a browser: closing a day, dragging in the calendar, reports, keys alone."""

import io
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, ConsultationRequest, DateException, Practitioner, TimeClaim
from tests.journeys.test_desk import ask, at_desk, clinic, free, staff, status_of

__all__ = ["ask", "at_desk", "clinic", "free", "staff"]


@pytest.fixture
def booked(ask):
    def make(number):
        consultation = ask(number)
        actor, now = transitions.SYSTEM, timezone.now()
        transitions.confirm(consultation, actor=actor, version=consultation.version, now=now)
        return consultation

    return make


@pytest.mark.thorough
def test_close_a_day_offer_everybody_and_watch(at_desk, booked, free):
    people = [booked(0), booked(1)]
    day = free[0].date()
    page = at_desk()
    page.goto(f"/admin/clinic/closures/new/?day={day}")
    page.get_by_label("Reason").fill("Training")
    page.locator("#w-editor-form footer button[type=submit]").click()
    page.get_by_role("heading", name="2 people need a new time").wait_for()
    page.get_by_role("button", name="Hold and offer to all who are ticked").click()
    page.get_by_text("2 people are offered a new time each.").wait_for()
    assert {status_of(consultation) for consultation in people} == {RequestStatus.OFFERED}
    first = people[0]
    transitions.accept(first, appointment=first.appointments.pending().get(), now=timezone.now())
    page.reload()
    page.get_by_text("Has a new time: 1").wait_for()
    page.get_by_text("Cancel the visit that is left").click()
    page.get_by_role("button", name="Cancel these visits").click()
    page.get_by_text("1 visit is cancelled.").wait_for()


def drag_down(page, event):
    """By its own height, to a later time of the day."""
    event.scroll_into_view_if_needed()
    box = event.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + box["height"], steps=8)
    page.mouse.move(x, y + box["height"] + 2, steps=2)
    page.mouse.up()


def calendar_of(page, visit):
    page.goto(f"{reverse('desk:calendar')}?day={visit.start.date()}")
    page.locator("[data-calendar][data-drawn]").wait_for()
    return page.locator(f"[data-reference='{visit.request.reference}']:not(.desk-cal-gone)")


@pytest.mark.thorough
def test_a_dragged_visit_is_moved_by_form(at_desk, booked):
    consultation, other = booked(0), booked(1)
    visit = consultation.appointments.get(status=AppointmentStatus.BOOKED)
    page = at_desk()
    block = calendar_of(page, visit)
    drag_down(page, block)
    asks = page.get_by_role("heading", name="Move this visit?")
    asks.wait_for()
    expect(page.get_by_role("dialog")).to_contain_text(consultation.name)
    page.get_by_role("button", name="Leave it where it is").click()
    expect(asks).to_be_hidden()
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.BOOKED

    # By keyboard, onto the next visit of the same person: refused, and it stays.
    visit.practitioner.services.get().practitioners.set([visit.practitioner])
    taken = other.appointments.get(status=AppointmentStatus.BOOKED)
    Appointment.objects.filter(pk=taken.pk).update(practitioner=visit.practitioner)
    TimeClaim.objects.filter(appointment=taken).update(resource=visit.practitioner)
    block = calendar_of(page, visit)
    block.get_by_role("link").press("Alt+ArrowDown")
    page.locator("#move-start").fill(taken.start.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Move the visit").press("Enter")
    page.get_by_text(
        f"{consultation.reference} stays where it was. That time is not free."
    ).wait_for()
    assert consultation.appointments.get(status="booked").start == visit.start

    # With the handle and the buttons of the dialog: an hour later than the other one.
    block = calendar_of(page, visit)
    block.get_by_role("button", name=f"Move {consultation.name}").click()
    wanted = taken.end + timedelta(hours=1)
    page.locator("#move-start").fill((wanted - timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="15 minutes later").click()
    page.get_by_role("button", name="Move the visit").click()
    page.get_by_text(f"{consultation.reference} is moved:").wait_for()
    assert consultation.appointments.get(status="booked").start == wanted
    expect(
        page.locator(f".desk-cal-gone[data-reference='{consultation.reference}']")
    ).to_be_visible()


@pytest.mark.thorough
def test_a_gap_is_pressed_and_booked(at_desk, clinic, free):
    person = clinic[2][0]
    page = at_desk()
    page.goto(f"{reverse('desk:calendar')}?day={free[0].date()}")
    column = page.locator(f"[data-column][data-practitioner='{person.pk}']")
    gap = column.locator("[data-gap]").last
    gap.focus()
    first = gap.get_attribute("href")
    for _quarter in range(4):
        gap.press("ArrowDown")
    expect(gap).not_to_have_attribute("href", first)
    gap.press("Enter")
    expect(page.locator("#id_practitioner")).to_have_value(str(person.pk))
    start = page.locator("#id_start").input_value()
    assert start[:10] in first and start[-5:] > first[-5:]
    page.locator("[name=flags][value=none]").check()
    page.locator("#id_name").fill("Ada Brook")
    page.locator("#id_phone").fill("020 7946 0000")
    page.locator("#id_consent").check()
    page.get_by_role("button", name="Book it").click()
    page.get_by_text("is booked:").first.wait_for()
    made = Appointment.objects.get(status=AppointmentStatus.BOOKED)
    assert (made.practitioner, f"{made.start:%Y-%m-%dT%H:%M}") == (person, start)


@pytest.mark.thorough
def test_reports_are_drawn_and_lists_exported(at_desk, booked, staff):
    consultation = booked(0)
    page = at_desk(user=staff("olga", "Owner"))
    page.goto(reverse("desk:reports"))
    page.get_by_role("img", name="Chart: Requests a week").wait_for()
    page.locator("[data-desk-chart] canvas").nth(2).wait_for()
    page.goto("/admin/requests/?queue=confirmed")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export this list (XLSX)").click()
    with open(download.value.path(), "rb") as file:
        rows = list(load_workbook(io.BytesIO(file.read())).active.values)
    assert rows[1][0] == consultation.reference
    assert consultation.events.filter(verb="export").exists()


# What a receptionist presses for each answer, from the open request to the next one.
CONFIRM = ["Shift+C"]
DECLINE = ["d", "ArrowDown", "Tab", "Tab", "Enter"]
OFFER = ["1", "3", "Enter"]
ASK = ["q", *"Which hip?", "Tab", "Enter"]
WAIT = ["w", "Enter"]


# Somebody rings: their request is found by its reference, and opened.
FIND = ["s", "{reference}", "Enter", "{found}", "j"]
CANCEL = ["x", "Tab", "Enter"]
NEXT = ["v", "Enter"]
NEXT_BUT_ONE = ["v", "Tab", "Enter"]
ANYWAY = ["t", "{past closing}", "Enter", "{refused}", *"An emergency", "Enter"]
CALLS = [CANCEL, NEXT, ANYWAY, CANCEL, NEXT_BUT_ONE]


def press(page, watch, consultation, keys):
    """Press the keys of one answer; how many, where what is typed into a field counts as one each."""
    pressed = 0
    for key in keys:
        if key == "{reference}":
            expect(page.get_by_placeholder("Reference, name, email or phone")).to_be_focused()
            page.keyboard.type(consultation.reference)
            pressed += len(consultation.reference)
        elif key == "{found}":
            page.get_by_role("link", name="Open the first").wait_for()
            watch.settle(page)
        elif key == "{refused}":
            expect(page.get_by_label("Book it anyway, because")).to_be_focused()
        elif key == "{past closing}":
            visit = consultation.appointments.get(status=AppointmentStatus.BOOKED)
            page.locator("#action-move [name=start]").fill(f"{visit.start:%Y-%m-%d}T17:10")
            page.locator("#action-move [name=start]").focus()
            pressed += len("241120261710")
        else:
            page.keyboard.press(key)
            pressed += 1
        if key in ("d", "w", "q", "1", "x", "t", "v"):
            page.locator(".desk-action[open] [type=submit]").first.wait_for()
            expect(page.locator(".desk-action[open] :focus")).to_be_in_viewport()
    return pressed


@pytest.mark.thorough
def test_thirty_requests_are_answered_without_a_mouse(at_desk, ask, booked, free, watch):
    """A day: twenty to answer, and ten who ring about their visits. It prints keys and seconds."""
    answers = [CONFIRM, CONFIRM, OFFER, DECLINE, CONFIRM, WAIT, CONFIRM, ASK, CONFIRM, OFFER] * 2
    calls = CALLS * 2
    people = [ask(number) for number in range(len(answers))]
    callers = [booked(number) for number in range(len(answers), len(answers) + len(calls))]
    page = at_desk()
    page.goto("/admin/")
    watch.settle(page)
    page.keyboard.press("j")
    pressed, began = 1, time.monotonic()
    for consultation, keys in zip(people, answers, strict=True):
        page.wait_for_url(f"**/{consultation.reference}/")
        watch.settle(page)
        expect(page.locator(".desk-title")).to_be_focused()
        pressed += press(page, watch, consultation, keys)
    page.get_by_text("Every request is answered.").first.wait_for()
    took = time.monotonic() - began
    sys.stdout.write(f"answers: {len(answers)}, {pressed} keys, {took:.1f} s\n")
    assert pressed <= 66

    found = Counter(status_of(consultation) for consultation in people)
    assert found == {
        RequestStatus.CONFIRMED: 10,
        RequestStatus.OFFERED: 4,
        RequestStatus.DECLINED: 2,
        RequestStatus.WAITLISTED: 2,
        RequestStatus.INFO_NEEDED: 2,
    }
    assert people[2].appointments.pending().count() == 2

    called, began = 0, time.monotonic()
    for consultation, keys in zip(callers, calls, strict=True):
        page.goto("/admin/requests/")
        watch.settle(page)
        called += 1 + press(page, watch, consultation, FIND)
        page.wait_for_url(f"**/{consultation.reference}/")
        watch.settle(page)
        called += press(page, watch, consultation, keys)
        page.locator(".messages .success").wait_for()
    took = time.monotonic() - began
    sys.stdout.write(f"calls: {len(calls)}, {called} keys, {took:.1f} s\n")
    assert called <= 210
    found = Counter(status_of(consultation) for consultation in callers)
    assert found == {RequestStatus.WITHDRAWN: 4, RequestStatus.CONFIRMED: 6}
    assert Appointment.objects.exclude(booked_anyway=None).count() == 2
    assert ConsultationRequest.objects.exclude(series="").count() == 8


@pytest.mark.thorough
def test_keys_take_back_search_and_close(at_desk, ask, watch):
    first, second = ask(0), ask(1)
    page = at_desk()
    page.goto("/admin/requests/")
    watch.settle(page)
    page.keyboard.press("s")
    expect(page.get_by_placeholder("Reference, name, email or phone")).to_be_focused()
    page.goto(f"/admin/requests/{first.reference}/")
    watch.settle(page)
    page.keyboard.press("d")
    page.locator("#action-decline [type=submit]").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator("#action-decline summary")).to_be_focused()
    expect(page.locator(".desk-action[open]")).to_have_count(0)
    chosen = page.get_by_role("button", name="Add to an offer").first
    page.keyboard.press("1")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("1")
    expect(chosen).to_have_attribute("aria-pressed", "false")
    page.locator(".desk-title").click()
    page.keyboard.press("Shift+C")
    page.wait_for_url(f"**/{second.reference}/")
    watch.settle(page)
    page.keyboard.press("u")
    page.wait_for_url(f"**/{first.reference}/")
    watch.settle(page)
    page.keyboard.press("u")
    page.get_by_text("undone. Nothing was sent.").wait_for()
    assert status_of(first) == RequestStatus.IN_REVIEW


@pytest.mark.thorough
def test_the_new_screens_are_accessible(at_desk, booked, staff, check_themes):
    consultation = booked(0)
    visit = consultation.appointments.get(status=AppointmentStatus.BOOKED)
    shut = DateException.objects.create(
        location=visit.location, kind="closed", start=visit.start, end=visit.end, reason="Training"
    )
    hours = visit.practitioner.weekly_hours.first()
    page = at_desk(user=staff("olga", "Owner"))
    for path in (
        reverse("desk:closure", args=[shut.pk]),
        f"{reverse('desk:calendar')}?day={visit.start.date()}",
        f"{reverse('desk:calendar')}?span=week",
        reverse("desk:leave", args=[visit.practitioner_id]),
        reverse("desk:week"),
        reverse("desk:public_holidays"),
        reverse("desk:reports"),
        reverse("hours:edit", args=[hours.pk]),
    ):
        check_themes(page, path)
    assert Appointment.objects.count() == 1


@pytest.mark.thorough
def test_an_absence_and_a_leaving_reach_the_wizard(at_desk, booked, staff):
    consultation = booked(0)
    visit = consultation.appointments.get(status=AppointmentStatus.BOOKED)
    amara, ruth, olga = (
        staff("amara", "Practitioner"),
        staff("ruth", "Front desk"),
        staff("olga", "Owner"),
    )
    Practitioner.objects.filter(resource=visit.practitioner).update(user=amara)
    page = at_desk(user=amara)
    page.goto(reverse("desk:diary"))
    page.get_by_role("link", name="My absences").click()
    day = visit.start.date()
    page.locator("#id_start").fill(f"{day}T00:00")
    page.locator("#id_end").fill(f"{day + timedelta(days=1)}T00:00")
    page.get_by_role("button", name="Enter the absence").click()
    page.get_by_text("The desk finds another time for 1 visit inside").wait_for()

    page = at_desk(user=ruth)
    page.goto("/admin/")
    page.get_by_role("link", name="1 visit is inside").click()
    page.get_by_role("heading", name="1 person needs a new time").wait_for()

    page = at_desk(user=olga)
    page.goto(reverse("people:edit", args=[visit.practitioner_id]))
    page.get_by_label("Takes appointments").uncheck()
    page.locator("#w-editor-form footer button[type=submit]").click()
    page.get_by_text("still has 1 visit to come").wait_for()
    expect(page.get_by_role("link", name=consultation.reference)).to_be_visible()
    page.get_by_role("button", name="Close their diary and find other times").click()
    page.get_by_role("heading", name="1 person needs a new time").wait_for()
    visit.practitioner.refresh_from_db()
    assert visit.practitioner.active
