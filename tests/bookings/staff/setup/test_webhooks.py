"""The owner's page of webhooks: add, see the secret once, try, pause, remove."""

import base64
import re
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.db.models.signals import pre_save
from django.test import Client
from django.utils import timezone

from bookings import transitions
from bookings.enums import PausedBecause
from bookings.messages.webhooks import sign, write
from bookings.models import WebhookDelivery, WebhookEndpoint
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
LIST = "/admin/webhooks/"
URL = "https://hooks.example.org/in/7f3a"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def owner(client, admin_user):
    client.force_login(admin_user)
    return client


def page(endpoint):
    return f"{LIST}{endpoint.pk}/"


def act(client, endpoint, action, version=None):
    endpoint.refresh_from_db()
    values = {"action": action, "version": endpoint.version if version is None else version}
    response = client.post(page(endpoint), values)
    if action != "remove":
        endpoint.refresh_from_db()
    return response


def test_the_secret_is_shown_once(owner):
    response = owner.post(LIST, {"url": URL})
    endpoint = WebhookEndpoint.objects.get()
    (secret,) = re.findall(r"whsec_[\w+/=]+", response.text)
    assert secret == sign.secret_of(endpoint.seed)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert not endpoint.sends_contact and endpoint.url == URL
    assert "no-store" in response["Cache-Control"]
    for address in (LIST, page(endpoint)):
        assert "whsec_" not in owner.get(address).text
    assert secret.removeprefix("whsec_") not in str(WebhookEndpoint.objects.values())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://hooks.example.org/",
        "https://",
        "ftp://hooks.example.org/",
        "javascript:alert(1)",
        "https://user:word@hooks.example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:127.0.0.1]/",
        "https://hooks.example.org:22/",
        "https://hooks.example.org/\x00",
        "https://hooks.example.org/" + "a" * 500,
        "https://\N{PILE OF POO}/",
    ],
)
def test_hostile_addresses_are_refused_beside_the_field(owner, url):
    response = owner.post(LIST, {"url": url})
    assert response.status_code == 422 and response.context["form"].errors["url"]
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("secret", ["?key=7f3a", "/?key=7f3a", "#7f3a", "/@7f3a"])
def test_the_host_is_all_that_is_named(owner, secret):
    endpoint = make_endpoint(f"https://hooks.example.org{secret}")
    assert endpoint.host == "hooks.example.org"
    assert "7f3a" not in owner.get(LIST).text


def test_an_address_is_listed_once(owner):
    owner.post(LIST, {"url": URL})
    response = owner.post(LIST, {"url": URL})
    assert response.status_code == 422 and "already" in response.text
    for number in range(9):
        make_endpoint(f"https://{number}.example.org/")
    response = owner.post(LIST, {"url": "https://eleven.example.org/"})
    assert response.status_code == 422 and WebhookEndpoint.objects.count() == 10


def test_two_who_add_one_at_once(owner):
    """The other is faster by the time that the form has been checked."""

    def be_faster(instance, **_rest):
        WebhookEndpoint.objects.bulk_create([WebhookEndpoint(url=URL, created_at=MONDAY)])

    pre_save.connect(be_faster, WebhookEndpoint)
    try:
        response = owner.post(LIST, {"url": URL})
    finally:
        pre_save.disconnect(be_faster, WebhookEndpoint)
    assert response.status_code == 422 and response.context["form"].errors["url"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["book", "remove"])
def test_a_removal_undoes_no_booking(clinic, desk, admin_user, first):
    _request, visit = confirmed(clinic, transitions.staff(desk))
    endpoint = make_endpoint()
    done, go_on, ended = Event(), Event(), []

    def book():
        write.status_changed(visit, write.NEW, now=MONDAY)

    def remove():
        client = Client()
        client.force_login(admin_user)
        assert act(client, endpoint, "remove").status_code == 302

    def hold(change):
        with transaction.atomic():
            change()
            done.set()
            go_on.wait(5)
        ended.append("first")
        connection.close()

    def follow(change):
        with transaction.atomic():
            change()
        ended.append("second")
        connection.close()

    steps = [book, remove] if first == "book" else [remove, book]
    one, two = Thread(target=hold, args=[steps[0]]), Thread(target=follow, args=[steps[1]])
    one.start()
    assert done.wait(20)
    two.start()
    two.join(1)  # it waits for the other
    go_on.set()
    one.join(20)
    two.join(20)
    assert ended == ["first", "second"]
    assert not WebhookEndpoint.objects.exists() and not WebhookDelivery.objects.exists()


def test_a_test_is_written_and_seen(owner):
    endpoint = make_endpoint()
    act(owner, endpoint, "test")
    delivery = WebhookDelivery.objects.get()
    assert delivery.kind == "webhook.test" and delivery.request is None
    WebhookDelivery.objects.update(status="dead", answer=404, tries=9)
    text = owner.get(page(endpoint)).text
    assert "404" in text and "given up" in text


def test_pause_and_resume(owner, clinic, desk):
    endpoint = make_endpoint()
    act(owner, endpoint, "test")
    act(owner, endpoint, "pause")
    assert endpoint.paused_because == PausedBecause.OWNER
    act(owner, endpoint, "test")
    confirmed(clinic, transitions.staff(desk))
    assert WebhookDelivery.objects.count() == 1
    WebhookEndpoint.objects.update(failing_since=MONDAY)
    act(owner, endpoint, "resume")
    assert not endpoint.is_paused and endpoint.failing_since is None
    assert WebhookDelivery.objects.due(MONDAY).count() == 1


def test_a_new_secret_leaves_the_earlier_for_days(owner):
    endpoint = make_endpoint()
    before = endpoint.seed
    response = act(owner, endpoint, "rotate")
    assert sign.secret_of(endpoint.seed) in response.text and endpoint.seed != before
    assert endpoint.earlier_seed == before
    assert endpoint.earlier_until == timezone.now() + timedelta(days=2)


def test_contact_data_is_a_switch_with_a_warning(owner):
    endpoint = make_endpoint()
    assert "privacy notice" in owner.get(page(endpoint)).text
    assert "privacy notice" in owner.get(LIST).text
    act(owner, endpoint, "contact")
    assert endpoint.sends_contact
    act(owner, endpoint, "contact")
    assert not endpoint.sends_contact


def test_removing_takes_the_deliveries_along(owner, clinic, desk):
    endpoint, other = make_endpoint(), make_endpoint("https://other.example.org/")
    confirmed(clinic, transitions.staff(desk))
    act(owner, endpoint, "remove")
    assert list(WebhookEndpoint.objects.all()) == [other]
    assert WebhookDelivery.objects.count() == 1
    assert owner.get(page(endpoint)).status_code == 404


@pytest.mark.parametrize("action", ["test", "pause", "rotate", "contact", "remove"])
@pytest.mark.parametrize("version", [0, 2, "", "x", "9" * 40, "١"])
def test_a_page_of_before_does_nothing(owner, action, version):
    endpoint = make_endpoint()
    before = WebhookEndpoint.objects.values().get()
    assert act(owner, endpoint, action, version).status_code == 302
    assert WebhookEndpoint.objects.values().get() == before
    assert not WebhookDelivery.objects.exists()


def test_an_unknown_action_does_nothing(owner):
    endpoint = make_endpoint()
    act(owner, endpoint, "explode")
    assert WebhookEndpoint.objects.get().version == 1


def test_deliveries_lead_to_their_request(owner, clinic, desk):
    endpoint = make_endpoint()
    consultation, _visit = confirmed(clinic, transitions.staff(desk))
    text = owner.get(page(endpoint)).text
    assert f"/admin/requests/{consultation.reference}/" in text and consultation.name not in text


def test_the_menu_has_it_for_the_owner(owner):
    assert '"/admin/webhooks/"' in owner.get("/admin/").text
