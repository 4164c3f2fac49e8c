"""An open tab of the admin says what is new: no reload, no stolen focus, and one question a half-minute."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import LiveLine
from bookings.roles import make_roles
from tests.factories import make_clinic, make_request

HALF_MINUTE = 30_000
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def ruth(_committed_rows, settings, base_url, django_user_model):
    settings.SITE_URL = base_url
    make_roles()
    user = django_user_model.objects.create_user("ruth")
    user.groups.add(Group.objects.get(name="Front desk"))
    LiveLine.objects.create(user=user)
    return user


@pytest.fixture
def asks(ruth):
    """Somebody asks for a visit; returns the reference."""
    service, location, _people = make_clinic()

    def ask(email):
        return make_request(service, location, now=timezone.now(), email=email).reference

    return ask


@pytest.fixture
def page(ruth, new_context, let_in):
    """A tab whose clock stands, with Ruth in it."""
    context = new_context()
    let_in(context, ruth)
    found = context.new_page()
    found.clock.install(time=NOON)
    found.clock.pause_at(NOON + timedelta(seconds=1))
    return found


def test_new_things_come_without_a_reload(page, asks):
    url = f"**{reverse('desk:live')}*"
    questions = []
    page.on("request", lambda sent: questions.append(sent.url) if "/live/" in sent.url else None)
    with page.expect_response(url):
        page.goto(reverse("wagtailadmin_home"))
    title = page.title()
    line = page.locator("[data-desk-live]")
    expect(line).to_be_empty()
    expect(line).to_have_role("status")  # which is polite
    search = page.locator("#find-q")
    search.fill("K7MB")
    page.evaluate("window.sameAsBefore = true")

    first = asks("a@example.org")
    with page.expect_response(url):
        page.clock.fast_forward(HALF_MINUTE)
    expect(line).to_contain_text(f"New: {first}: new request")
    assert page.title() == f"(1) {title}" and len(questions) == 2
    expect(search).to_be_focused()
    expect(search).to_have_value("K7MB")
    assert page.evaluate("window.sameAsBefore")

    page.evaluate(HIDE, True)
    second = asks("b@example.org")
    for _minute in range(10):
        page.clock.fast_forward(2 * HALF_MINUTE)
    expect(line).to_contain_text(first)
    assert len(questions) == 2  # none while hidden

    with page.expect_response(url):
        page.evaluate(HIDE, False)
    expect(line).to_contain_text(second)
    assert page.title() == f"(2) {title}"
    for hidden in (True, False, True, False):
        page.clock.fast_forward(HALF_MINUTE // 6)
        page.evaluate(HIDE, hidden)
    assert len(questions) == 3
    with page.expect_response(url):
        page.clock.fast_forward(HALF_MINUTE)
    assert len(questions) == 4  # one a half-minute, however often the tab was changed
    expect(search).to_be_focused()

    line.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text(second)
