"""The desk in a real browser: staff confirm, decline and propose; every screen of ours is looked at."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest
from bookings.roles import make_roles
from bookings.schedule.availability import Search, free_slots
from tests.factories import make_clinic, make_request


@pytest.fixture
def clinic():
    return make_clinic(practitioners=2, minimum_notice_hours=1)


@pytest.fixture
def free(clinic):
    """The next free starts, none of which are in each other's way."""
    service, location, _people = clinic
    now = timezone.now()
    first_day = (now + timedelta(days=1)).date()
    slots = free_slots(Search(service, location, now), first_day=first_day, days=9)
    return [slot.start for slot in slots]


@pytest.fixture
def ask(clinic, free):
    """Make a request now, as a patient would; `number` tells people and times apart."""

    def make(number, **changes):
        service, location, _people = clinic
        values = {"start": free[number], "email": f"patient{number}@example.org"} | changes
        return make_request(service, location, now=timezone.now(), **values)

    return make


@pytest.fixture
def staff(django_user_model):
    make_roles()

    def make(name, role):
        from django.contrib.auth.models import Group

        user = django_user_model.objects.create_user(name)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def at_desk(new_context, staff, let_in):
    """A page of a browser in which Ruth of the front desk has logged in."""

    def make(user=None):
        context = new_context(viewport={"width": 1280, "height": 900})
        let_in(context, user or staff("ruth", "Front desk"))
        return context.new_page()

    return make


def status_of(request):
    request.refresh_from_db()
    return request.status


def test_confirm_opens_the_next_request(at_desk, ask):
    first, second, third = ask(0), ask(1), ask(2)
    page = at_desk()
    page.goto("/admin/")
    page.get_by_role("link", name=first.reference).click()
    page.get_by_role("button", name="Confirm").first.click()
    page.wait_for_url(f"**/{second.reference}/")
    expect(page.locator(".messages")).to_contain_text(f"{first.reference} is confirmed")
    assert status_of(first) == RequestStatus.CONFIRMED

    page.locator("#action-decline summary").click()
    page.get_by_label("Reason").select_option(label="Another service fits better")
    page.locator("#action-decline").get_by_label("Message to the patient").fill("Please call us.")
    page.get_by_role("button", name="Decline the request").click()
    page.wait_for_url(f"**/{third.reference}/")
    assert status_of(second) == RequestStatus.DECLINED

    for number in range(2):
        page.get_by_role("button", name="Add to an offer").nth(number).click()
    page.get_by_role("button", name="Hold and offer").click()
    page.wait_for_url("**/admin/requests/")
    assert status_of(third) == RequestStatus.OFFERED
    assert third.appointments.pending().count() == 2
    expect(page.get_by_text("Every request is answered.").first).to_be_visible()


@pytest.mark.thorough
def test_a_faster_colleague_loses_no_words(at_desk, ask, staff):
    consultation = ask(0)
    page = at_desk()
    page.goto(f"/admin/requests/{consultation.reference}/")
    page.locator("#action-ask_question summary").click()
    page.get_by_label("Question to the patient").fill("Which hip is it?")
    type(consultation).objects.filter(pk=consultation.pk).update(version=consultation.version + 1)
    page.get_by_role("button", name="Send the question").click()
    page.get_by_text("Someone else has just changed this request.").first.wait_for()
    expect(page.get_by_label("Question to the patient")).to_have_value("Which hip is it?")
    assert status_of(consultation) == RequestStatus.SUBMITTED


def test_search_leaves_no_trace_in_addresses(at_desk, ask):
    consultation = ask(0)
    page = at_desk()
    page.goto("/admin/requests/")
    page.get_by_placeholder("Reference, name, email or phone").fill(consultation.email)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_text("1 request found").wait_for()
    assert "?" not in page.url
    expect(page.get_by_role("link", name=consultation.reference)).to_be_visible()


def test_every_screen_of_ours_is_accessible(at_desk, ask, check_themes):
    consultation = ask(0)
    page = at_desk()
    message = consultation.messages.first()
    for path in (
        "/admin/",
        "/admin/requests/",
        f"/admin/requests/{consultation.reference}/",
        "/admin/messages/",
        f"/admin/messages/{message.pk}/",
        "/admin/clinic/closures/new/",
        "/admin/diary/?span=week",
        "/admin/diary/new/",
    ):
        check_themes(page, path)


@pytest.mark.thorough
@pytest.mark.parametrize("width", [390, 1280])
def test_a_mail_is_shown_whole(at_desk, ask, width):
    page = at_desk()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/admin/messages/{ask(0).messages.first().pk}/")
    mail = page.frame_locator(".desk-frame").locator("html")
    high = mail.evaluate("html => html.offsetHeight")
    frame = page.locator(".desk-frame")
    assert 300 < high == frame.evaluate("frame => frame.clientHeight")


@pytest.mark.parametrize(
    "width", [910, *(pytest.param(w, marks=pytest.mark.thorough) for w in (1030, 1180))]
)
def test_the_request_list_fits_a_tablet(at_desk, ask, watch, check_fits, width):
    consultation = ask(0)
    ConsultationRequest.objects.update(name="Konstantina Papadimitriou", status="withdrawn")
    page = at_desk()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/admin/requests/?queue=all")
    watch.settle(page)
    page.get_by_role("link", name=consultation.reference).wait_for()
    check_fits(page)


def test_keys_open_answers_and_help(at_desk, ask, watch):
    first, second = ask(0), ask(1)
    page = at_desk()
    page.goto(f"/admin/requests/{first.reference}/")
    watch.settle(page)
    page.keyboard.press("d")
    page.get_by_role("button", name="Decline the request").wait_for()
    expect(page.locator("#action-decline [name=reason]")).to_be_focused()
    message = page.locator("#action-decline").get_by_label("Message to the patient")
    message.press_sequentially("jdq?")
    expect(message).to_have_value("jdq?")
    assert page.url.endswith(f"{first.reference}/")
    page.locator(".desk-title").click()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    keys.get_by_text("Offer other times", exact=True).wait_for()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("j")
    page.wait_for_url(f"**/{second.reference}/")


@pytest.mark.thorough
def test_undo_and_a_colleague_who_has_it_open(at_desk, ask, staff):
    consultation = ask(0)
    anna = at_desk(user=staff("anna", "Front desk"))
    anna.goto(f"/admin/requests/{consultation.reference}/")
    page = at_desk()
    page.goto(f"/admin/requests/{consultation.reference}/")
    page.get_by_text("anna has this request open right now.").wait_for()
    page.get_by_role("button", name="Confirm").first.click()
    page.get_by_role("link", name="Undo or look again").click()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_text("undone. Nothing was sent.").wait_for()
    assert status_of(consultation) == RequestStatus.IN_REVIEW


@pytest.mark.thorough
def test_book_for_someone_then_move_the_visit(at_desk, clinic):
    page = at_desk()
    page.goto("/admin/diary/")
    page.get_by_role("link", name="Book for someone").click()
    page.locator("[name=flags][value=none]").check()
    page.get_by_label("Name").fill("Maria Example")
    page.get_by_label("Phone").fill("020 7946 0123")
    page.locator("[data-desk-start]").first.click()
    page.get_by_label("They agree").check()
    page.get_by_role("button", name="Book it").click()
    page.get_by_text("is booked:").wait_for()
    page.wait_for_load_state()  # the script that hears the keys too
    page.keyboard.press("t")
    page.get_by_role("button", name="Move the visit").wait_for()


def pages_of(sheet):
    return len(re.findall(rb"/Type\s*/Page\b", sheet))


@pytest.mark.thorough
def test_pages_print_whole_without_buttons(at_desk, ask, watch):
    """Wagtail scrolls inside its main part, and paper shows what stands there: one page of many."""
    consultation = ask(0)
    for number in range(60):
        consultation.events.create(
            verb="note", actor_kind="staff", why=f"Note {number}", at=timezone.now()
        )
    page = at_desk()
    for path in (f"/admin/requests/{consultation.reference}/", "/admin/diary/?span=week"):
        page.goto(path)
        watch.settle(page)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 900})
        main = page.locator("main")
        expect(main.get_by_role("button")).to_have_count(0)
        expect(page.locator("#wagtail-sidebar")).to_be_hidden()
        high, shown = main.evaluate("part => [part.scrollHeight, part.clientHeight]")
        assert high == shown, path
        assert pages_of(page.pdf(format="A4")) > high // 1123, path
