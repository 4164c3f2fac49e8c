"""No secret stays in a mail that has left, or never will."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.messages import secret_links, send
from bookings.models.access import SECRET, AccessLink, digest
from tests.bookings.messages.test_send import smtp
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
__all__ = ["smtp"]


@pytest.fixture
def consultation(settings, smtp):
    settings.MAIL_SERVER = "smtp://127.0.0.1"
    service, location, _people = make_clinic()
    return make_request(service, location, verified=False)


def the_mail():
    return Email.objects.get()


def has_secret(mail):
    return bool(SECRET.search(mail.message) or SECRET.search(mail.html_message))


@pytest.mark.postgresql
def test_it_leaves_with_its_link_and_forgets_it(smtp, consultation):
    assert has_secret(the_mail())
    assert send.send_due(now=MONDAY) == 1
    assert "/request/open/" in str(smtp.received[0]).replace("=\n", "").replace("=\r\n", "")
    assert not has_secret(the_mail()) and "/request/open/…" in the_mail().message


def test_one_that_is_tried_again_keeps_it(smtp, consultation):
    smtp.answers = ["450 Later"]
    send.send_due(now=MONDAY)
    assert the_mail().status == STATUS.requeued and has_secret(the_mail())


def test_one_that_is_given_up_forgets_it(smtp, consultation):
    smtp.answers = ["550 No"]
    send.send_due(now=MONDAY)
    assert the_mail().status == STATUS.failed and not has_secret(the_mail())


@pytest.mark.postgresql
def test_one_that_is_dropped_forgets_it(smtp, consultation):
    transitions.withdraw(consultation, now=MONDAY)
    assert not any(has_secret(mail) for mail in Email.objects.filter(status=None))


@pytest.mark.postgresql
def test_one_that_came_too_late_forgets_it(smtp, consultation):
    Email.objects.update(expires_at=MONDAY)
    send.send_due(now=MONDAY + timedelta(minutes=1))
    assert the_mail().status is None and not has_secret(the_mail())


@pytest.mark.postgresql
def test_sent_again_it_has_a_new_link(smtp, consultation):
    smtp.answers = ["550 No"]
    send.send_due(now=MONDAY)
    actor = transitions.staff(get_user_model().objects.create_user("anna"))
    before = set(AccessLink.objects.values_list("digest", flat=True))
    transitions.send_again(consultation.messages.get(), actor=actor, now=MONDAY)
    token = SECRET.search(the_mail().message)[0].rpartition("/")[2]
    assert SECRET.search(the_mail().html_message)[0].endswith(token)
    assert digest(token) not in before
    assert AccessLink.objects.get(digest=digest(token)).request == consultation


@pytest.mark.postgresql
def test_only_the_mails_that_never_leave_forget(smtp, consultation):
    """Somebody else's mail waits, with its link."""
    other = make_request(
        consultation.service, consultation.location, verified=False, email="b@x.org"
    )
    texts = dict(Email.objects.values_list("pk", "message"))
    first, second = Email.objects.order_by("pk")
    secret_links.forget([first.pk])
    first.refresh_from_db()
    second.refresh_from_db()
    assert not has_secret(first) and first.message == SECRET.sub(secret_links.GONE, texts[first.pk])
    assert second.message == texts[second.pk] and second.to == [other.email]


def test_without_a_mail_server_links_stay(settings, consultation):
    settings.MAIL_SERVER = ""
    assert secret_links.texts_without_secret(the_mail()) == {}
    secret_links.forget([the_mail().pk])
    assert has_secret(the_mail())
