"""A request on a Sunday night: each of the staff hears when they chose to, before the promise breaks."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect
from post_office.models import STATUS, Email

from bookings.enums import StaffKind, TellWhen
from bookings.messages import send, staff_mail
from bookings.models import ConsultationRequest, StaffPreference
from bookings.models.wording import MessageSettings
from bookings.roles import make_roles
from bookings.schedule.local_time import instant
from bookings.worker import staff_warnings
from tests.factories import make_clinic
from tests.journeys.test_main_job import go_on, newest_link

QUARTER = timedelta(minutes=15)
RUTH, DAN = "ruth@clinic.example", "dan@clinic.example"
PATIENT = "maria@example.org"


@pytest.fixture
def clinic(_committed_rows, settings, base_url):
    settings.SITE_URL = base_url
    return make_clinic()


@pytest.fixture
def sunday(clinic):
    """The next one, at three minutes past eleven at night."""
    zone, now = clinic[1].zone, timezone.now()
    day = now.astimezone(zone).date()
    return instant(day + timedelta(days=7 - day.isoweekday() % 7), time(23, 3), zone)


@pytest.fixture
def people(clinic, django_user_model):
    """Ruth wants to hear at once of what is new; Dan has chosen nothing."""
    make_roles()
    found = {}
    for name in ("ruth", "dan"):
        found[name] = django_user_model.objects.create_user(name, email=f"{name}@clinic.example")
        found[name].groups.add(Group.objects.get(name="Front desk"))
    StaffPreference.objects.create(user=found["ruth"], kind=StaffKind.NEW, when=TellWhen.AT_ONCE)
    return found


def ask(page):
    page.goto("/book/")
    for label in ("For me", "None of these", "feels tight", "Left"):
        page.get_by_label(re.compile(label)).first.check()
    go_on(page)
    page.locator("input[name=times]").first.check(force=True)
    go_on(page)
    page.get_by_label("Your full name").fill("Maria Example")
    page.get_by_label("Email address").fill(PATIENT)
    page.get_by_label("I agree").check()
    go_on(page)
    go_on(page)
    page.goto(newest_link(PATIENT))
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.locator("h1")).to_have_text("We have your request")


def worker_until(end, now):
    """What the worker does every quarter of an hour; returns each mail to staff with its moment."""
    told = []
    while now < end:
        staff_warnings.warn_due(now=now)
        staff_mail.write_due(now=now)
        send.send_due(now=now)
        sent = Email.objects.filter(status=STATUS.sent, to__in=[RUTH, DAN])
        told += [(now, mail) for mail in sent.exclude(pk__in=[mail.pk for _at, mail in told])]
        now += QUARTER
    return told


@pytest.mark.thorough
@pytest.mark.parametrize("quiet", [True, False], ids=["quiet-hours", "none"])
def test_asked_on_a_sunday_night(clinic, people, sunday, new_context, let_in, quiet):
    zone = clinic[1].zone
    monday = sunday.astimezone(zone).date() + timedelta(days=1)
    if not quiet:
        MessageSettings.objects.update_or_create(
            pk=MessageSettings.load().pk, defaults={"quiet_from": time(0), "quiet_until": time(0)}
        )
    with time_machine.travel(sunday):
        ask(new_context().new_page())
        asked = ConsultationRequest.objects.get()
        now = timezone.now()
    assert asked.respond_by > now + timedelta(hours=9)

    told = worker_until(asked.respond_by, now)

    first = {mail.to[0]: at for at, mail in reversed(told)}
    ends = instant(monday, time(8), zone)
    assert ends <= first[RUTH] < ends + QUARTER if quiet else first[RUTH] == now
    opens = instant(monday, time(9), zone)
    assert opens <= first[DAN] < opens + QUARTER
    warned = {mail.to[0]: at for at, mail in told if "the answer is due by" in mail.message}
    assert set(warned) == {RUTH, DAN} and max(warned.values()) < asked.respond_by
    assert len(told) == 4  # to each the request once, and the warning once
    for _at, mail in told:
        assert asked.reference in mail.message
        for private in ("Maria", "tight", PATIENT):
            assert private not in mail.message + mail.html_message + mail.subject

    with time_machine.travel(first[DAN]):
        context = new_context()
        let_in(context, people["dan"])
        page = context.new_page()
        mail = next(mail for _at, mail in told if mail.to == [DAN])
        page.goto(re.search(rf"http\S+/requests/{asked.reference}/\S*", mail.message)[0])
        expect(page.locator("main")).to_contain_text("Maria Example")
        page.get_by_role("button", name=re.compile("^Confirm")).first.click()
        page.get_by_text("is confirmed").first.wait_for()
