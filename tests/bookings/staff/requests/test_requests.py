import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest, Practitioner, search_words
from bookings.permissions import can_read_requests, can_triage
from bookings.roles import ROLES
from bookings.staff.requests import list, queries
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
URL = "/admin/requests/"


def listed(response):
    return [consultation.reference for consultation in response.context["object_list"]]


def test_the_list_starts_with_the_most_urgent(desk_client, clinic):
    service, location, _people = clinic
    late = make_request(service, location, email="a@example.org")
    soon = make_request(service, location, email="b@example.org", now=MONDAY - timedelta(days=4))
    done = make_request(service, location, email="c@example.org")
    ConsultationRequest.objects.filter(pk=done.pk).update(status=RequestStatus.DECLINED)
    response = desk_client.get(URL)
    assert listed(response) == [soon.reference, late.reference]
    assert "overdue" in response.content.decode()


@pytest.mark.parametrize(
    "words",
    ["{reference}", "maria@example.org", "MARIA@example.org", "Maria Ex", "020 7946 0123"],
)
def test_search_finds_by_reference_name_mail_and_phone(desk_client, asked, clinic, words):
    service, location, _people = clinic
    make_request(service, location, email="other@example.org")
    ConsultationRequest.objects.exclude(pk=asked.pk).update(name="Somebody Else")
    ConsultationRequest.objects.filter(pk=asked.pk).update(
        phone="+442079460123", status=RequestStatus.DECLINED
    )
    search_words.write(ConsultationRequest.objects.all())
    words = words.format(reference=asked.reference.lower().replace("-", " "))
    response = desk_client.post(URL, {"q": words})
    assert listed(response) == [asked.reference]


@pytest.mark.parametrize("words", ["\x00", "%", "'", "x" * 120, "@", "🦵", "-"])
def test_odd_words_find_nothing_and_break_nothing(desk_client, asked, words):
    response = desk_client.post(URL, {"q": words})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "words, why", [("a\x00b", "Null characters"), ("x" * 121, "at most 120 characters")]
)
def test_an_invalid_search_says_why(desk_client, words, why):
    page = desk_client.post("/admin/requests/", {"q": words}).content.decode()
    assert why in page and f'value="{words}"' in page


def test_search_words_never_come_from_the_url(desk_client, asked):
    response = desk_client.get(URL, {"q": "maria@example.org", "queue": "closed"})
    assert listed(response) == []


@pytest.mark.parametrize(
    "field", ["status", "service", "practitioner", "location", "source_path", "created_at_from"]
)
def test_filters(desk_client, clinic, field):
    service, location, people = clinic
    mine = make_request(
        service, location, practitioner=people[0], start=TEN, source_path="/guides/iliopsoas/"
    )
    other_service, other_place, _people = make_clinic()
    other = make_request(
        other_service, other_place, email="b@example.org", now=MONDAY - timedelta(days=9)
    )
    ConsultationRequest.objects.filter(pk=other.pk).update(status=RequestStatus.IN_REVIEW)
    values = {
        "status": RequestStatus.SUBMITTED,
        "service": service.pk,
        "practitioner": people[0].pk,
        "location": location.pk,
        "source_path": "/guides/iliopsoas/",
        "created_at_from": "2026-11-20",
    }
    assert listed(desk_client.get(URL, {field: values[field]})) == [mine.reference]


@pytest.mark.parametrize("queue", ["answer", "patient", "list", "confirmed", "closed", "all", "x"])
def test_every_queue_opens(desk_client, asked, queue):
    assert desk_client.get(URL, {"queue": queue}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        *("p=0", "p=9999", "p=x", "ordering=zzz", "ordering=-respond_by", "service=x", "status=y"),
        *(f"{name}={2**70}" for name in ("service", "practitioner", "location")),
    ],
)
def test_odd_addresses_break_nothing(desk_client, asked, query):
    assert desk_client.get(f"{URL}?{query}").status_code == 200


def queries_for(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("url", [URL, "/admin/requests/results/", "/admin/", "/admin/messages/"])
def test_three_rows_cost_no_more_queries(desk_client, clinic, url):
    service, location, _people = clinic
    make_request(service, location, start=TEN, email="a@example.org")
    desk_client.get(url)
    one = queries_for(desk_client, url)
    for number in range(2):
        start = TEN + timedelta(hours=number + 1)
        make_request(service, location, start=start, email=f"{number}@example.org")
    assert queries_for(desk_client, url) == one


def test_a_practitioner_finds_only_their_own(client, practitioner, clinic):
    service, location, people = clinic
    mine = make_request(service, location, start=TEN, practitioner=people[0], email="a@example.org")
    make_request(service, location, start=TEN, practitioner=people[1], email="b@example.org")
    client.force_login(practitioner)
    assert listed(client.get(URL)) == [mine.reference]
    assert listed(client.post(URL, {"q": "maria"})) == [mine.reference]


def test_the_dashboard_lists_requests_and_counts_them(desk_client, asked):
    page = desk_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Requests to answer (1)" in page and asked.reference in page
    assert "Requests (1)" in page


def test_the_way_back_leads_to_the_list_as_left(desk_client, asked):
    def back():
        page = desk_client.get(reverse("desk:request", args=[asked.reference]))
        return page.context["breadcrumbs_items"][1]["url"]

    desk_client.get(URL, {"queue": "all", "status": "submitted", "p": "1", "zzz": "maria"})
    assert back() == f"{URL}?status=submitted&queue=all"
    desk_client.get(URL, {"status": "maria@example.org", "queue": "all"})
    assert back() == f"{URL}?status=submitted&queue=all"
    desk_client.post(URL, {"q": "maria@example.org"})
    assert "maria" not in str(dict(desk_client.session))
    desk_client.get(URL, {"queue": "confirmed"})
    assert back() == f"{URL}?queue=confirmed"


def menu(client):
    """Label and address of *Requests* in the menu; None where it is not there."""
    soup = BeautifulSoup(client.get("/admin/").content, "html.parser")
    props = soup.find("script", id="wagtail-sidebar-props").string
    found = re.search(r'"name": "requests", "label": "([^"]*)".*?"url": "([^"]*)"', props)
    return found and found.groups()


@pytest.mark.parametrize("role", ["superuser", *ROLES, ""])
def test_the_menu_opens_the_queue_that_it_counts(client, make_user, clinic, desk, role):
    service, location, people = clinic
    user = make_user(role, "amara")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    Practitioner.objects.filter(resource=people[0]).update(user=user)
    for number, person in enumerate((people[0], people[0], people[1])):
        start = TEN + timedelta(hours=number)
        email = f"{number}@example.org"
        one = make_request(service, location, start=start, practitioner=person, email=email)
    transitions.confirm(one, actor=transitions.staff(desk), version=one.version, now=MONDAY)
    client.force_login(user)
    client.get(URL, {"queue": "closed"})  # what was looked at last does not count
    label, url = menu(client) or ("", URL)
    answers, reads = can_triage(user), can_read_requests(user)
    assert label == ("Requests (2)" if answers else "Requests" if reads else "")
    page = client.get(url)
    if not reads:
        assert page.status_code in (302, 403)
        return
    assert page.context["queue"] == "answer" and len(listed(page)) == 2


def test_nothing_counts_further_than_anybody_reads(desk_client, clinic, monkeypatch):
    service, location, _people = clinic
    for number in range(3):
        make_request(service, location, email=f"{number}@example.org")
    monkeypatch.setattr(queries, "COUNTED", 2)
    monkeypatch.setattr(list.FirstPages, "REACH", 2)
    response = desk_client.get(URL)
    assert "2+" in response.content.decode() and response.context["paginator"].count == 2
