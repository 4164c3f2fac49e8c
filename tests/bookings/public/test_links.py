"""The link in a patient's mail: what it opens and for how long, and how a lost one is found."""

import re

import pytest
from django.utils import timezone
from post_office.models import Email

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import AccessLink, Event
from tests.bookings.public.conftest import Patient, link_in, offer
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def test_a_link_swaps_its_token_for_a_cookie(client, asked):
    path = link_in("verify", asked)
    response = client.get(path, follow=True)
    assert response.redirect_chain == [(f"/request/{asked.reference}/", 302)]
    assert asked.reference in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert path.split("/")[3] not in response.content.decode()


def test_scanners_change_nothing_by_opening_links(client, asked, start, desk):
    offered = offer(asked, desk, start)
    before = asked.version, Event.objects.count()
    for method in (client.get, client.head):
        method(link_in("offered", asked))
        page = f"/request/{asked.reference}/"
        method(page, headers={"purpose": "prefetch"})
        for path in (f"accept/{offered.pk}/", "refuse/", "verify/"):
            assert method(page + path).status_code == 405
        for path in ("cancel/", "move/", "answer/"):
            assert method(page + path).status_code == 200
    asked.refresh_from_db()
    assert (asked.version, Event.objects.count()) == before


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "%F0%9F%A6%B5", "A" * 5000])
def test_an_unknown_link_is_a_friendly_404(client, db, token):
    page = client.get(f"/request/open/{token}/")
    assert page.status_code == 404
    assert "Send me a new link" in page.content.decode()


def test_expired_and_unknown_look_the_same(client, asked):
    path = link_in("verify", asked)
    unknown = client.get("/request/open/unknown/")
    AccessLink.objects.update(expires_at=timezone.now())
    expired = client.get(path)
    assert expired.status_code == unknown.status_code == 404
    assert expired.content == unknown.content


@pytest.mark.postgresql
def test_an_expired_link_closes_the_open_page(patient):
    AccessLink.objects.update(expires_at=timezone.now())
    assert patient.get().url == "/request/find/"


def test_text_posted_to_a_closed_page_comes_back(patient, asked):
    AccessLink.objects.update(expires_at=timezone.now())
    page = patient.post("answer/", {"message": "The left one, <b>in May</b>."})
    text = page.content.decode()
    assert page.status_code == 403 and "Nothing was sent." in text
    assert "The left one, &lt;b&gt;in May&lt;/b&gt;." in text
    assert 'action="/request/find/"' in text
    asked.refresh_from_db()
    assert asked.patient_message == ""


@pytest.mark.postgresql
def test_a_tampered_cookie_opens_nothing(patient, asked):
    name = f"request-{asked.reference}"
    assert name in patient.client.cookies
    patient.client.cookies[name] = f"{asked.links.get().pk}:forged:signature"
    assert patient.get().url == "/request/find/"


@pytest.mark.postgresql
def test_tokens_are_stored_hashed(asked):
    token = link_in("verify", asked).split("/")[3]
    assert len(token) == 43
    assert not AccessLink.objects.filter(digest=token).exists()


def test_a_link_may_be_opened_repeatedly(client, asked):
    path = link_in("verify", asked)
    client.head(path)
    client.get(path, headers={"purpose": "prefetch"})
    client.cookies.clear()
    for _time in range(2):
        assert client.get(path, follow=True).status_code == 200
    asked.refresh_from_db()
    assert asked.status == RequestStatus.UNVERIFIED


def test_a_secret_of_another_purpose_opens_nothing(client, visitor, asked):
    visitor.about()
    draft = f"draft-{visitor.draft}"
    secret = client.cookies[draft].value
    assert client.get(f"/request/open/{secret}/").status_code == 404
    client.cookies[draft] = link_in("verify", asked).split("/")[3]
    assert visitor.get("time").url == "/book/"
    client.cookies[f"request-{asked.reference}"] = secret
    assert client.get(f"/request/{asked.reference}/").url == "/request/find/"


def test_an_old_link_manages_the_moved_visit(client, asked, desk, start):
    first = link_in("verify", asked)
    offered = offer(asked, desk, start)
    transitions.accept(asked, appointment=offered, now=timezone.now())
    page = client.get(first, follow=True).content.decode()
    assert "Your appointment is booked" in page
    patient = Patient(client, asked)
    patient.post(f"accept/{offered.pk}/")
    patient.post("cancel/")
    offered.refresh_from_db()
    assert offered.status == AppointmentStatus.CANCELLED


def test_links_survive_a_move(patient, asked, desk, start):
    offered = offer(asked, desk, start)
    transitions.accept(asked, appointment=offered, now=timezone.now())
    assert "Your appointment is booked" in patient.get().content.decode()


def test_a_lost_link_gets_one_answer_for_all(client, asked, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # the next ten minutes could begin meanwhile
    Email.objects.all().delete()
    right = {"email": "MARIA@example.org"}
    known = client.post("/request/find/", right, follow=True)
    wrong = client.post("/request/find/", {"email": "else@example.org"}, follow=True)
    assert known.content == wrong.content
    assert Email.objects.count() == 1
    client.post("/request/find/", right)
    assert Email.objects.count() == 1  # once in ten minutes
    assert client.get(link_in("link", asked), follow=True).status_code == 200


def test_every_open_request_gets_its_link(client, clinic, settings, asked):
    settings.LIMITS = settings.LIMITS | {"mail": "100/60"}
    service, location, _people = clinic
    now = timezone.now()
    second = make_request(service, location, now=now)
    other = make_request(service, location, now=now, email="else@example.org")
    closed = make_request(service, location, now=now)
    transitions.withdraw(closed, now=now)
    Email.objects.all().delete()

    client.post("/request/find/", {"email": "maria@example.org"})

    mail = Email.objects.get()
    assert mail.to == ["maria@example.org"]
    found = set(re.findall(r"/request/open/[\w-]+/", mail.message))
    opened = {client.get(link).url for link in found}
    assert opened == {f"/request/{one.reference}/" for one in (asked, second)}
    assert other.reference not in mail.message and closed.reference not in mail.message
    assert found <= set(re.findall(r"/request/open/[\w-]+/", mail.html_message))


def test_a_coming_visit_is_found_too(client, asked, desk):
    transitions.verify(asked, now=timezone.now())
    transitions.confirm(asked, actor=desk, version=asked.version, now=timezone.now())
    Email.objects.all().delete()
    client.post("/request/find/", {"email": "maria@example.org"})
    assert client.get(link_in("link", asked)).url == f"/request/{asked.reference}/"


@pytest.mark.parametrize(
    "data", [{}, {"email": "x"}, {"email": "\x00@example.org"}, {"email": "a" * 999}]
)
def test_find_with_bad_input_says_what_is_wrong(client, db, data):
    page = client.post("/request/find/", data)
    assert page.status_code == 200 and "There is a problem" in page.content.decode()
