"""The line of an open tab: for whoever chose it, with references alone."""

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse

from bookings import transitions
from bookings.models import LiveLine, StaffNotice
from bookings.staff.messages.choices import ChoicesForm
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def url():
    return reverse("desk:live")


def switch(user, on):
    """Under *Account*, with everything else as it is."""
    form = ChoicesForm(None, user=user, prefix="mail")
    given = {f"mail-{name}": form[name].value() for name in form.fields if name != "live"}
    form = ChoicesForm(given | ({"mail-live": "on"} if on else {}), user=user, prefix="mail")
    assert form.is_valid(), form.errors
    form.save()


def test_off_until_somebody_wants_it(desk_client, url, desk):
    assert desk_client.get(url).status_code == 403
    assert "data-desk-live" not in desk_client.get("/admin/").content.decode()

    switch(desk, True)
    assert desk_client.get(url).json() == {"count": 0, "until": 0, "line": ""}
    assert "data-desk-live" in desk_client.get("/admin/").content.decode()

    switch(desk, False)
    assert desk_client.get(url).status_code == 403


def test_it_says_what_is_new_once(desk_client, url, desk, clinic, django_assert_max_num_queries):
    LiveLine.objects.create(user=desk)
    service, location, _people = clinic
    consultation = make_request(service, location)
    first = desk_client.get(url).json()
    assert (first["count"], first["line"]) == (1, "")  # no news of what was there before

    other = make_request(service, location, email="b@example.org")
    with django_assert_max_num_queries(14):
        answer = desk_client.get(url, {"since": first["until"]})
    news = answer.json()
    assert news["count"] == 2 and news["until"] > first["until"]
    assert news["line"].startswith(f"{other.reference}: new request")
    assert "Maria" not in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert desk_client.get(url, {"since": news["until"]}).json() == news | {"line": ""}

    transitions.withdraw(consultation, now=MONDAY)
    assert "cancel" in desk_client.get(url, {"since": news["until"]}).json()["line"]
    assert not StaffNotice.objects.exclude(seen_at=None).exists()


@pytest.mark.parametrize("since", ["x", "-1", "9" * 30, "１"])
def test_an_odd_since_is_a_first_question(desk_client, url, desk, since):
    LiveLine.objects.create(user=desk)
    assert desk_client.get(url, {"since": since}).json()["line"] == ""


def test_whoever_reads_no_requests_hears_nothing(client, url, django_user_model):
    editor = django_user_model.objects.create_user("edith", is_staff=True)
    LiveLine.objects.create(user=editor)
    client.force_login(editor)
    assert client.get(url).status_code in (302, 403)


@override_settings(SESSION_IDLE_MINUTES=1)
def test_an_open_tab_keeps_nobody_logged_in(desk_client, url, desk):
    LiveLine.objects.create(user=desk)
    desk_client.get("/admin/")
    for second in (30, 59):
        with time_machine.travel(MONDAY.replace(second=second), tick=False):
            assert desk_client.get(url).status_code == 200
    with time_machine.travel(MONDAY.replace(minute=1, second=30), tick=False):
        assert desk_client.get(url).status_code == 302
