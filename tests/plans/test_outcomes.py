"""Did it help? Who is asked when, what is kept, and what the report may say."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.models import Message, Service
from plans import transitions, worker
from plans.enums import Moment
from plans.models import FollowUp, Outcome
from plans.staff import report
from tests.bookings.public.conftest import link_in
from tests.factories import MONDAY, make_request
from tests.hostile.bodies import forms_on
from tests.hostile.public import open_
from tests.plans.conftest import AFTER, TEN, make_visit

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture
def follows(clinic):
    return FollowUp.objects.create(service=clinic[0])


def press(client, path, **typed):
    page = client.get(path)
    form = next(form for form in forms_on(page.content, path) if "moment" in form.shown)
    return client.post(path, {n: v for n, v in form.shown.items() if v} | typed, follow=True)


def test_nobody_is_asked_unless_chosen(visited):
    assert worker.ask_due(now=AFTER + 2 * WEEK) == 0


def test_each_is_asked_twice_and_once_each(visited, follows):
    asked_on = [week for week in range(12) if worker.ask_due(now=AFTER + week * WEEK)]
    assert asked_on == [2, 6]
    mails = Message.objects.filter(kind="outcome")
    assert mails.count() == 2 and "to/progress/" in mails[0].email.message
    for word in ("pain", "well", "exercise"):
        assert word not in mails[0].email.subject.lower()
    assert not worker.ask_due(now=AFTER + 6 * WEEK)


def test_a_baseline_before_and_an_answer_after(client, clinic, follows):
    service, location, _people = clinic
    asked = make_request(service, location, start=TEN, goal="walk")
    path = f"/request/{asked.reference}/progress/"
    with time_machine.travel(MONDAY, tick=False):
        open_(client, asked)
        own = client.get(f"/request/{asked.reference}/").text
        assert "Answer three short questions" in own
        press(client, path, ability="3", pain="6")
        press(client, path, ability="4", pain="6", line="Slow.")
    row = Outcome.objects.get()
    assert (row.moment, row.ability, row.pain, row.line) == ("baseline", 4, 6, "Slow.")
    assert row.goal == "Walk or stand more easily"

    with time_machine.travel(AFTER + 2 * WEEK, tick=False):
        make_over(asked)
        worker.ask_due(now=AFTER + 2 * WEEK)
        page = client.get(link_in("outcome", asked), follow=True)
        assert page.redirect_chain[-1][0] == path and "Walk or stand" in page.text
        refused = client.post(path, {"moment": "baseline", "ability": "9"}, follow=True)
        assert "asked you again" in refused.text
        press(client, path, ability="7")
    assert list(asked.outcomes.values_list("moment", "ability")) == [("baseline", 4), ("first", 7)]


def test_no_question_while_we_are_late(client, clinic, follows):
    asked = make_request(clinic[0], clinic[1], start=TEN)
    with time_machine.travel(asked.respond_by, tick=False):
        open_(client, asked)
        page = client.get(f"/request/{asked.reference}/").text
    assert "We are late" in page and "Answer three short questions" not in page


def make_over(asked):
    from bookings import transitions as of_requests

    asked.refresh_from_db()
    of_requests.confirm(asked, actor=of_requests.SYSTEM, version=asked.version, now=MONDAY)
    visit = asked.appointments.get(status="booked")
    of_requests.arrive(visit, actor=of_requests.SYSTEM, now=TEN)
    of_requests.fulfil(visit, actor=of_requests.SYSTEM, now=AFTER)


@pytest.mark.postgresql
def test_another_link_answers_for_itself_alone(client, clinic, follows):
    service, location, _people = clinic
    with time_machine.travel(MONDAY, tick=False):
        both = [make_request(service, location, start=TEN + n * timedelta(hours=1)) for n in (0, 2)]
        for asked in both:
            open_(client, asked)
        press(client, f"/request/{both[0].reference}/progress/", ability="3")
    assert [asked.outcomes.count() for asked in both] == [1, 0]


def answered(clinic, n, before, after):
    asked = make_visit(clinic, email=f"{n}@example.org", hours=n)
    transitions.answer(asked, Moment.BASELINE, now=MONDAY, ability=before, pain=8, line="")
    transitions.ask(asked, Moment.FIRST, now=AFTER)
    transitions.answer(asked, Moment.FIRST, now=AFTER, ability=after, pain=None, line="")


def test_the_report_names_nobody(client, admin_user, clinic):
    for n, after in enumerate((3, 6, 5, 9)):
        answered(clinic, n, before=3, after=after)
    assert report.lines()[0].ability is None and report.lines()[0].answered == 4
    answered(clinic, 4, before=3, after=5)
    first, second = report.lines()
    assert (first.asked, first.answered, first.ability, first.pain) == (5, 5, 2, None)
    assert (second.asked, second.ability) == (0, None)
    client.force_login(admin_user)
    page = client.get(reverse("plans:report")).text
    assert "never one person" in page and "@example.org" not in page


@pytest.mark.postgresql
def test_the_owner_chooses_the_weeks(client, admin_user, clinic):
    client.force_login(admin_user)
    service, url = clinic[0], reverse("plans:follow_up")
    names = [f"{service.pk}-first_weeks", f"{service.pk}-second_weeks"]
    for typed, saved in (
        (("3", "8"), [(3, 8)]),
        (("8", "3"), [(3, 8)]),
        (("3", ""), [(3, 8)]),
        (("99", "3"), [(3, 8)]),
        (("", ""), []),
    ):
        page = client.post(url, dict(zip(names, typed, strict=True)))
        assert page.status_code == (302 if saved != [(3, 8)] or typed == ("3", "8") else 409)
        rows = FollowUp.objects.filter(service=Service.objects.get(pk=service.pk))
        assert list(rows.values_list("first_weeks", "second_weeks")) == saved
