from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db.models.signals import pre_save
from post_office.models import STATUS, Email

from bookings.messages import daily_digest
from bookings.models import Digest, Message, MessageSettings
from bookings.roles import make_roles
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
NEXT = MONDAY + timedelta(days=7)
"""A Monday at eight, the digest's time: everything of last week is overdue."""


@pytest.fixture
def ruth(django_user_model):
    make_roles()
    user = django_user_model.objects.create_user("ruth", email="ruth@clinic.example")
    user.groups.add(Group.objects.get(name="Front desk"))
    django_user_model.objects.create_superuser("root", email="root@clinic.example")
    return user


@pytest.fixture
def asked(clinic, ruth):
    service, location, _people = clinic
    consultation = make_request(service, location, note="It hurts.")
    Email.objects.update(status=STATUS.sent)
    return consultation


def test_digest_is_daily_and_has_references_only(asked):
    assert not daily_digest.send_daily(now=NEXT - timedelta(minutes=1))
    assert daily_digest.send_daily(now=NEXT)
    mail = Digest.objects.get().email
    assert mail.to == ["ruth@clinic.example"] and mail.subject == "1 answer is overdue"
    assert mail.scheduled_time == NEXT
    assert asked.reference in mail.message and asked.reference in mail.html_message
    for private in ("Maria", "maria@", "hurts"):
        assert private not in mail.message + mail.html_message
    for minutes in (5, 600):
        assert not daily_digest.send_daily(now=NEXT + timedelta(minutes=minutes))
    assert daily_digest.send_daily(now=NEXT + timedelta(days=1))


def test_it_speaks_to_staff_and_not_to_patients(asked):
    daily_digest.send_daily(now=NEXT)
    mail = Digest.objects.get().email
    for text in (mail.message, mail.html_message):
        assert "Not answered in time:" in text and "later" not in text
        assert "Questions?" not in text and "020 7946 0123" not in text


@pytest.mark.postgresql
def test_what_did_not_arrive_is_in_it(asked):
    Message.objects.filter(kind="received").update(created_at=MONDAY + timedelta(minutes=1))
    Email.objects.filter(about__kind="received").update(status=STATUS.failed)
    daily_digest.send_daily(now=NEXT)
    mail = Digest.objects.get().email
    assert mail.subject == "1 answer is overdue, 1 message did not arrive"
    assert "Please phone" in mail.message


def test_nothing_overdue_means_no_digest(ruth):
    assert not daily_digest.send_daily(now=NEXT)
    assert Digest.objects.get().email is None and not Email.objects.exists()


@pytest.mark.postgresql
def test_to_whom_the_clinic_says(asked):
    settings = MessageSettings.load()
    settings.digest_to = "a@clinic.example,\nb@clinic.example"
    settings.save()
    daily_digest.send_daily(now=NEXT)
    assert Digest.objects.get().email.to == ["a@clinic.example", "b@clinic.example"]


def test_nobody_to_tell(asked, ruth):
    ruth.delete()
    assert not daily_digest.send_daily(now=NEXT)


def test_whoever_has_no_address_gets_none(asked, ruth, django_user_model):
    for name, email in (("ada", "ada@clinic.example"), ("gus", ""), ("eve", ruth.email)):
        user = django_user_model.objects.create_user(name, email=email)
        user.groups.add(Group.objects.get(name="Front desk"))
    assert daily_digest.desk_addresses() == ["ada@clinic.example", "ruth@clinic.example"]


@pytest.mark.postgresql
def test_two_workers_write_one_digest(asked):
    """The other one has written the day's row after this one has looked for it."""

    def other(instance, **_about):
        Digest.objects.bulk_create([Digest(day=instance.day)])

    before = Email.objects.count()
    pre_save.connect(other, sender=Digest)
    try:
        assert daily_digest.send_daily(now=NEXT) is False
    finally:
        pre_save.disconnect(other, sender=Digest)
    assert Email.objects.count() == before
