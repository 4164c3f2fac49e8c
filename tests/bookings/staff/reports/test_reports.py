"""The figures of the reports, row by row, and who may see them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import transitions
from bookings.models import ConsultationRequest, DateException
from bookings.staff.reports.figures import Figures
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
GUIDE = "/guides/iliopsoas/"


@pytest.fixture
def lead_client(client, make_user):
    client.force_login(make_user("Front desk lead"))
    return client


@pytest.fixture
def busy(clinic, desk):
    """One who came, one who did not, one declined too late, one cancelled; all in one week."""
    service, location, people = clinic
    actor = transitions.staff(desk)

    def ask(number, **changes):
        values = {"start": TEN + HOUR * number, "email": f"{number}@example.org"} | changes
        return make_request(service, location, practitioner=people[0], **values)

    def confirm(asked, at):
        return transitions.confirm(asked, actor=actor, version=asked.version, now=at)

    came, missed, left = ask(0, source_path=GUIDE), ask(1), ask(2)
    visit = confirm(came, MONDAY + HOUR)
    transitions.arrive(visit, actor=actor, now=TEN)
    transitions.fulfil(visit, actor=actor, now=TEN + HOUR)
    visit = confirm(missed, MONDAY + 3 * HOUR)
    transitions.noshow(visit, actor=actor, now=TEN + 2 * HOUR)
    confirm(left, MONDAY + HOUR)
    transitions.withdraw(left, now=MONDAY + 2 * HOUR)
    late = ask(3, source_path=GUIDE)
    transitions.decline(
        late, actor=actor, version=late.version, now=late.respond_by + HOUR, reason="no-time"
    )
    return location


def table(location, name, first=date(2026, 11, 23), last=date(2026, 11, 29)):
    found = {t.name: t for t in Figures(location, first, last).tables()}[name]
    return dict(found.rows)


def test_outcomes_and_first_answers(busy):
    assert table(busy, "outcomes") == {"23 Nov 2026": [2, 0, 1, 1, 0, 0, 0]}
    in_time, late, hours, percent = table(busy, "answers")["23 Nov 2026"]
    assert (in_time, late, percent) == (3, 1, 25) and hours > 1


def test_weeks_before_the_first_request_are_omitted(busy):
    assert list(table(busy, "outcomes", first=date(2026, 9, 1))) == ["23 Nov 2026"]
    assert list(table(busy, "attendance", first=date(2026, 9, 1))) == ["23 Nov 2026"]
    later = table(busy, "outcomes", first=date(2026, 11, 30), last=date(2026, 12, 13))
    assert list(later) == ["30 Nov 2026", "7 Dec 2026"]


def test_visits_lead_and_busiest_times(busy):
    assert table(busy, "attendance") == {"23 Nov 2026": [1, 1, 1, 0, 0, 50]}
    assert table(busy, "lead")["under 2 days"] == [2]
    assert table(busy, "busiest") == {
        "10am": [0, 1, 0, 0, 0, 0, 0],
        "11am": [0, 1, 0, 0, 0, 0, 0],
    }


def test_use_of_the_hours_leaves_closures_out(busy, clinic):
    person, other = clinic[2]
    assert table(busy, "use")[person.name] == [2.0, 38.0, 5]
    DateException.objects.create(
        location=busy, kind="closed", start=TEN - HOUR, end=TEN + HOUR * 7, reason="x"
    )
    rows = table(busy, "use")
    assert rows[person.name] == [2.0, 30.0, 6] and rows[other.name] == [0, 32.0, 0]


def test_guides_and_empty_periods(busy):
    assert table(busy, "guides") == {GUIDE: [2, 1]}
    empty = table(busy, "outcomes", date(2026, 1, 5), date(2026, 1, 18))
    assert empty == {}


def test_an_answer_that_was_undone_was_none(asked, desk):
    actor = transitions.staff(desk)
    transitions.waitlist(asked, actor=actor, version=asked.version, now=MONDAY + HOUR)
    assert asked.answered_at == MONDAY + HOUR
    transitions.undo(asked, actor=actor, version=asked.version, now=MONDAY + HOUR)
    asked.refresh_from_db()
    assert asked.answered_at is None and asked.promised_at is None


def test_later_answers_do_not_change_the_first(asked, desk):
    actor, promised = transitions.staff(desk), asked.respond_by
    transitions.ask_question(
        asked, actor=actor, version=asked.version, now=MONDAY + HOUR, question="?"
    )
    transitions.answer(asked, now=MONDAY + 2 * HOUR, message="Left.")
    transitions.confirm(asked, actor=actor, version=asked.version, now=MONDAY + 3 * HOUR)
    assert (asked.answered_at, asked.promised_at) == (MONDAY + HOUR, promised)


def test_a_year_costs_no_more_queries(lead_client, busy):
    url = reverse("desk:reports")
    lead_client.get(url)
    with CaptureQueriesContext(connection) as week:
        lead_client.get(url, {"first": "2026-11-23", "last": "2026-11-24", "location": busy.pk})
    with CaptureQueriesContext(connection) as year:
        page = lead_client.get(url, {"first": "2025-12-01", "last": "2026-11-30", "location": ""})
    assert len(page.context["tables"]) == 7 and page.content.decode().count("data-desk-chart") == 7
    assert len(year) <= len(week)
    assert "maria" not in page.content.decode().lower()


@pytest.mark.parametrize(
    "query",
    ["first=x&last=y", "first=2026-02-30&last=", "first=2026-02-02&last=2026-02-01"]
    + ["first=0001-01-01&last=9999-12-31", "first=2020-01-01&last=2026-01-01&location=x"],
)
def test_odd_periods_are_refused_beside_the_field(lead_client, clinic, query):
    response = lead_client.get(f"{reverse('desk:reports')}?{query}")
    assert response.status_code == 200 and response.context["form"].errors
    assert ConsultationRequest.objects.count() == 0 and response.context["tables"] == []
