"""What goes and what stays when texts, files and people have been kept long enough."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from post_office.models import STATUS, Attachment, Email, Log

from bookings.messages import local_mailbox
from bookings.models import ConsultationRequest, Message, SearchWord, WebhookDelivery
from bookings.worker import retention, search_words
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def kept(settings):
    settings.RETENTION = settings.RETENTION | {"MESSAGE_DAYS": 10, "WEBHOOK_DAYS": 20}


def with_file(mail):
    attachment = Attachment(name="visit.ics", mimetype="text/calendar")
    attachment.file.save("visit.ics", ContentFile(b"BEGIN:VCALENDAR"), save=True)
    attachment.emails.add(mail)
    return attachment


@pytest.mark.postgresql
def test_texts_go_with_their_files(clinic, kept, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    old, new = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    mails = [one.messages.first().email for one in (old, new)]
    files = [with_file(mail) for mail in mails]
    Email.objects.update(status=STATUS.sent, created=MONDAY + DAY)
    about = {"message": "Hello", "html_message": "", "context": {"a": 1}}
    Email.objects.filter(pk=mails[0].pk).update(created=MONDAY, **about)
    staff = Email.objects.create(to=["a@b.org"], from_email="a@b.org", message="Staff")
    Email.objects.filter(pk=staff.pk).update(status=STATUS.sent, created=MONDAY)
    paths = [one.file.path for one in files]
    assert retention.forget_texts(MONDAY + 10 * DAY) == 1
    gone = Email.objects.get(pk=mails[0].pk)
    assert (gone.message, gone.html_message, gone.context) == ("", "", None)
    assert Email.objects.get(pk=staff.pk).message == "Staff"
    assert Email.objects.get(pk=mails[1].pk).message
    assert list(Attachment.objects.all()) == [files[1]]
    assert [os.path.exists(path) for path in paths] == [False, True]
    assert Message.objects.get(email=gone).kind


@pytest.mark.parametrize(("status", "forgotten"), [("queued", 0), ("requeued", 0), ("failed", 1)])
def test_what_is_not_sent_yet_stays(clinic, kept, status, forgotten):
    asked(clinic)
    Email.objects.update(status=getattr(STATUS, status))
    Email.objects.update(created=MONDAY)
    number = Email.objects.count()
    assert retention.forget_texts(MONDAY + 10 * DAY) == forgotten * number


def test_mails_in_the_local_mailbox_go_too(clinic, kept, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    for path, at in ((old, MONDAY - MINUTE), (new, MONDAY)):
        path.write_text("x")
        os.utime(path, (at.timestamp(), at.timestamp()))
    assert set(local_mailbox.files()) == {old, new}
    retention.forget_texts(MONDAY + 10 * DAY)
    assert local_mailbox.files() == [new]


@pytest.mark.postgresql
def test_mails_of_requests_are_not_deleted(clinic, kept):
    asked(clinic)
    Email.objects.update(created=MONDAY)
    mail = Email.objects.create(to=["a@b.org"], from_email="a@b.org")
    Log.objects.create(email=mail, status=STATUS.sent)
    Email.objects.filter(pk=mail.pk).update(created=MONDAY)
    number = Email.objects.count()
    assert retention.forget_other_mails(MONDAY + 10 * DAY) == 1
    assert Email.objects.count() == number - 1
    assert retention.forget_other_mails(MONDAY + 10 * DAY) == 0


@pytest.mark.postgresql
def test_messages_of_webhooks_are_counted(clinic, desk, kept):
    make_endpoint()
    confirmed(clinic, desk)
    number = WebhookDelivery.objects.count()
    WebhookDelivery.objects.update(created_at=MONDAY)
    assert retention.forget_webhooks(MONDAY + 20 * DAY - MINUTE) == 0
    assert retention.forget_webhooks(MONDAY + 20 * DAY) == number > 0


def test_how_far_erasing_has_come(clinic, monkeypatch):
    monkeypatch.setattr(retention, "SAID_EACH", 2)
    for n in range(3):
        asked(clinic, start=TEN + n * DAY, email=f"{n}@example.org")
    said = []
    done = retention.run(now=MONDAY + 4000 * DAY, say=said.append, by_hand=True)
    assert done["people"] == 3 and [one for one in said if "…" in one] == ["2 people erased…"]
    assert retention.run(now=MONDAY + 4000 * DAY)["people"] == 0


@pytest.mark.postgresql
def test_words_are_written_for_the_last_day(clinic):
    recent, old, erased, known = (
        asked(clinic, start=TEN + n * DAY, email=f"{n}@example.org") for n in range(4)
    )
    SearchWord.objects.exclude(request=known).delete()
    of_known = SearchWord.objects.count()
    rows = ConsultationRequest.objects
    rows.filter(pk=recent.pk).update(created_at=MONDAY)
    rows.filter(pk=old.pk).update(created_at=MONDAY - MINUTE)
    rows.filter(pk=erased.pk).update(created_at=MONDAY, erased_at=MONDAY)
    assert search_words.write_missing(now=MONDAY + DAY) == 1
    assert {word.request for word in SearchWord.objects.all()} == {recent, known}
    assert SearchWord.objects.filter(request=known).count() == of_known
    assert search_words.write_missing(now=MONDAY + DAY) == 0


def test_nobody_is_erased_where_too_many_are_due(clinic, monkeypatch):
    """A clock that is years ahead, say; texts are old all the same."""
    monkeypatch.setattr(retention, "FEW", 0)
    consultation, said = asked(clinic), []
    with pytest.raises(retention.TooManyAtOnce):
        retention.run(now=MONDAY + 4000 * DAY, say=said.append)
    consultation.refresh_from_db()
    assert consultation.erased_at is None and said[-1] == "people: 0"
    assert len(said) == 6
