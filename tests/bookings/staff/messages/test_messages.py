import pytest
from django.urls import reverse

from bookings.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(asked):
    return asked.messages.get(kind="received")


def test_all_are_listed(desk_client, asked):
    response = desk_client.get("/admin/messages/")
    assert len(response.context["object_list"]) == Message.objects.count() == 2


def test_each_leads_to_its_request(desk_client, asked):
    page = desk_client.get("/admin/messages/").content.decode()
    assert f'href="{reverse("desk:request", args=[asked.reference])}"' in page


@pytest.mark.parametrize("state", ["waiting", "retrying", "sent", "failed", "dropped", "x"])
def test_filter_by_delivery(desk_client, message, state):
    assert desk_client.get("/admin/messages/", {"state": state}).status_code == 200


def test_a_message_shows_its_link_without_mailserver(desk_client, message, settings):
    settings.MAIL_SERVER = ""
    page = desk_client.get(reverse("desk:message", args=[message.pk])).content.decode()
    body = desk_client.get(reverse("desk:message_body", args=[message.pk])).content.decode()
    assert message.email.subject in page and message.email.to[0] in page
    assert f'<span class="desk-reference">{message.request.reference}</span>' in page
    assert 'href="http://localhost:8000/request/open/' in page
    assert "/request/open/" in body


def test_a_mail_server_hides_the_link_from_staff(desk_client, message, settings):
    settings.MAIL_SERVER = "smtp://mail.example.org"
    token = message.email.message.split("/request/open/")[1].split("/")[0]
    for name in ("message", "message_body"):
        page = desk_client.get(reverse(f"desk:{name}", args=[message.pk])).content.decode()
        assert token not in page and "/request/open/••••" in page


def test_the_body_can_run_nothing(desk_client, message):
    response = desk_client.get(reverse("desk:message_body", args=[message.pk]))
    policy = response["Content-Security-Policy"]
    assert "sandbox allow-same-origin;" in f"{policy};" and "default-src 'none'" in policy
    assert "script-src" not in policy.replace("script-src 'self'", "") or "unsafe" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["message", "message_body"])
def test_whoever_reads_it_is_recorded(desk_client, desk, message, name):
    desk_client.get(reverse(f"desk:{name}", args=[message.pk]))
    assert message.request.events.get(verb="look").actor == desk


@pytest.mark.parametrize("name", ["message", "message_body"])
def test_only_get(desk_client, message, name):
    assert desk_client.post(reverse(f"desk:{name}", args=[message.pk])).status_code == 405


def test_a_practitioner_reads_no_messages(client, practitioner, message):
    client.force_login(practitioner)
    for name in ("message", "message_body"):
        response = client.get(reverse(f"desk:{name}", args=[message.pk]))
        assert response.url == reverse("wagtailadmin_home")
