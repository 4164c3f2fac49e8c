"""The outbox: what becomes of each row in a round, and of the rows beside it."""

import time
from collections.abc import Callable
from datetime import timedelta
from smtplib import (
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from socket import gaierror
from ssl import SSLError

import pytest
from django.core.files.base import ContentFile
from django.core.mail.backends.base import BaseEmailBackend
from post_office.models import STATUS, Attachment, Email, Log

from bookings.messages import queue, send, sms
from bookings.models import Message, StaffNotice
from tests.bookings.steps import asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER, REFUSED = SMTPDataError(450, b"later"), SMTPDataError(550, b"no")


class Server(BaseEmailBackend):
    """Notes what happens. `does`: what it does with the mail to somebody."""

    happened: list[str] = []
    does: dict[str, Callable[[], None]] = {}
    types: list[str] = []

    def open(self):
        self.happened.append("open")

    def close(self):
        self.happened.append("close")

    def send_messages(self, messages):
        for message in messages:
            name = message.to[0].partition("@")[0]
            self.happened.append(name)
            self.types[:] = [part.get_content_type() for part in message.message().walk()]
            self.does.get(name, lambda: None)()
        return len(messages)


@pytest.fixture(autouse=True)
def server(settings):
    backends = {"default": f"{__name__}.Server", "sms": f"{__name__}.Server"}
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": backends}
    Server.happened.clear()
    Server.does.clear()
    return Server


def post(*names, **about):
    """A row to each, due now."""
    for name in names:
        row = {"to": [f"{name}@example.org"], "subject": name, "scheduled_time": MONDAY}
        Email.objects.create(**queue.common() | row | about)


def raising(error):
    def does():
        raise error

    return does


def states(*columns):
    return list(Email.objects.order_by("pk").values_list("subject", *columns))


def test_one_connection_for_a_round(server):
    post("a", "b", "c")
    assert send.send_due(now=MONDAY) == 3
    assert server.happened == ["open", "a", "b", "c", "close"]
    assert Log.objects.count() == 3


def test_a_connection_with_an_error_is_closed(server):
    server.does["a"] = raising(REFUSED)
    post("a", "b")
    assert send.send_due(now=MONDAY) == 1
    assert server.happened == ["open", "a", "close", "open", "b", "close"]


@pytest.mark.postgresql
def test_what_becomes_of_each_row(server):
    server.does |= {"b": raising(LATER), "c": raising(REFUSED)}
    post("a", "b", "c")
    post("d", scheduled_time=MONDAY + HOUR)
    post("e", status=None)
    post("f", scheduled_time=None)
    assert send.send_due(now=MONDAY) == 2
    leased = MONDAY + send.LEASE
    assert states("status", "scheduled_time", "number_of_retries") == [
        ("a", STATUS.sent, leased, None),
        ("b", STATUS.requeued, MONDAY + MINUTE, 1),
        ("c", STATUS.failed, leased, 1),
        ("d", STATUS.queued, MONDAY + HOUR, None),
        ("e", None, MONDAY, None),
        ("f", STATUS.sent, leased, None),
    ]
    tried = Email.objects.filter(last_updated=MONDAY).order_by("pk")
    assert [mail.subject for mail in tried] == ["a", "b", "c", "f"]
    logged = Log.objects.order_by("email__subject")
    assert list(logged.values_list("email__subject", "status", "message", "exception_type")) == [
        ("a", STATUS.sent, "", ""),
        ("b", STATUS.failed, "450 SMTPDataError", "SMTPDataError"),
        ("c", STATUS.failed, "550 SMTPDataError", "SMTPDataError"),
        ("f", STATUS.sent, "", ""),
    ]


@pytest.mark.postgresql
def test_each_try_waits_longer(server):
    server.does["a"] = raising(LATER)
    post("a")
    now, waits = MONDAY, []
    for _try in range(6):
        assert send.send_due(now=now) == 0
        waits.append(Email.objects.get().scheduled_time - now)
        now += waits[-1]
    assert waits == [*(n * MINUTE for n in (1, 5, 15, 60, 360)), send.LEASE]
    assert states("status", "number_of_retries") == [("a", STATUS.failed, 6)]


def test_an_invitation_leaves_in_both_places(clinic, desk, server):
    confirmed(clinic, desk)
    Email.objects.exclude(subject__contains="is booked").delete()
    attached = Attachment(name="map.pdf", mimetype="application/pdf")
    attached.file.save("map.pdf", ContentFile(b"%PDF"))
    attached.emails.add(Email.objects.get())
    assert send.send_due(now=MONDAY + HOUR) == 1
    texts = ["text/plain", "text/html", "text/calendar"]
    alone = ["application/ics", "application/pdf"]
    assert server.types == ["multipart/mixed", "multipart/alternative", *texts, *alone]


@pytest.mark.postgresql
@pytest.mark.parametrize("error", [None, LATER, REFUSED])
def test_who_drops_it_meanwhile_wins(clinic, django_user_model, server, error):
    django_user_model.objects.create_superuser("root", email="root@clinic.example")
    asked(clinic)
    StaffNotice.objects.all().delete()
    mail = Email.objects.latest("pk")

    def does():
        Email.objects.filter(pk=mail.pk).update(status=None)
        if error:
            raise error

    server.does["maria"] = does
    Email.objects.exclude(pk=mail.pk).delete()
    send.send_due(now=MONDAY)
    mail.refresh_from_db()
    assert mail.status is None and mail.number_of_retries is None
    assert not StaffNotice.objects.exists()


@pytest.mark.postgresql
@pytest.mark.parametrize(("error", "told"), [(LATER, 0), (REFUSED, 1)])
def test_the_desk_hears_what_is_given_up(clinic, django_user_model, server, error, told):
    django_user_model.objects.create_superuser("root", email="root@clinic.example")
    asked(clinic)
    StaffNotice.objects.all().delete()
    Email.objects.exclude(subject__startswith="We have your request").delete()
    server.does["maria"] = raising(error)
    assert send.send_due(now=MONDAY) == 0
    assert [one.kind for one in StaffNotice.objects.all()] == ["undelivered"] * told


@pytest.mark.postgresql
def test_what_is_dropped_meanwhile_stays(server):
    post("a", "b", "c")
    dropped = Email.objects.filter(subject="b")
    server.does["a"] = lambda: dropped.update(status=None)
    assert send.send_due(now=MONDAY) == 2
    assert server.happened == ["open", "a", "c", "close"]


@pytest.mark.postgresql
def test_what_another_worker_takes_is_left(server):
    """It listed the same rows, and has taken the second by now."""
    post("a", "b")
    taken = Email.objects.filter(subject="b")
    server.does["a"] = lambda: taken.update(scheduled_time=MONDAY + send.LEASE)
    assert send.send_due(now=MONDAY) == 1
    assert server.happened == ["open", "a", "close"]


def test_so_many_of_each_channel(server):
    post("sent", status=STATUS.sent, scheduled_time=MONDAY - HOUR)
    post("t1", "t2", backend_alias=sms.ALIAS)
    post("a", "b")
    post("first", scheduled_time=MONDAY - MINUTE)
    assert send.send_due(now=MONDAY, limit=2) == 4
    assert [name for name in server.happened if name not in {"open", "close"}] == [
        *("first", "a", "t1", "t2")
    ]
    assert send.send_due(now=MONDAY, limit=1) == 1


def test_it_stops_when_it_must(server):
    post("a", "b")
    assert send.send_due(now=MONDAY, stopping=lambda: "a" in server.happened) == 1
    assert server.happened == ["open", "a", "close"]


def test_a_server_that_is_away_ends_the_round(server):
    server.does["a"] = raising(ConnectionRefusedError())
    post("a", "b")
    post("t", backend_alias=sms.ALIAS)
    assert send.send_due(now=MONDAY) == 1
    assert "b" not in server.happened and "t" in server.happened


@pytest.mark.postgresql
def test_a_slow_server_moves_the_clock(server, monkeypatch):
    passed, real = [0], time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + passed[0])
    server.does["a"] = lambda: passed.append(passed.pop() + 400)
    post("a", "b")
    assert send.send_due(now=MONDAY) == 2
    late = MONDAY + timedelta(seconds=400)
    assert states("last_updated", "scheduled_time") == [
        ("a", MONDAY, MONDAY + send.LEASE),
        ("b", late, late + send.LEASE),
    ]


@pytest.mark.postgresql
def test_what_came_too_late_is_dropped(clinic, server):
    consultation = asked(clinic, start=None)
    Message.objects.all().delete()
    Email.objects.all().delete()
    post("over", expires_at=MONDAY)
    before = {"scheduled_time": MONDAY - HOUR, "expires_at": MONDAY - HOUR}
    post("again", status=STATUS.requeued, **before)
    post("soon", expires_at=MONDAY + MINUTE, scheduled_time=MONDAY + MINUTE)
    post("always", scheduled_time=MONDAY + HOUR)
    post("sent", expires_at=MONDAY, status=STATUS.sent)
    for mail in Email.objects.all():
        about = {"kind": "reminder", "dedupe_key": mail.subject, "created_at": MONDAY}
        Message.objects.create(request=consultation, email=mail, **about)
    assert send.send_due(now=MONDAY) == 0
    assert states("status", "about__superseded") == [
        ("over", None, True),
        ("again", None, True),
        ("soon", STATUS.queued, False),
        ("always", STATUS.queued, False),
        ("sent", STATUS.sent, False),
    ]


def test_which_mail_waits_longest():
    post("sent", status=STATUS.sent, scheduled_time=MONDAY - 3 * HOUR)
    post("a")
    post("again", status=STATUS.requeued, scheduled_time=MONDAY - 2 * HOUR)
    assert send.oldest_due(MONDAY) == MONDAY - 2 * HOUR
    assert send.oldest_due(MONDAY - 2 * HOUR - MINUTE) is None


def refused(*codes):
    return SMTPRecipientsRefused({f"{code}@x.org": (code, b"") for code in codes})


@pytest.mark.parametrize(
    ("error", "permanent", "unreachable"),
    [
        *((SMTPResponseException(code, b""), False, False) for code in (420, 422, 499, 600)),
        *((SMTPResponseException(code, b""), True, False) for code in (500, 550, 599)),
        (SMTPResponseException(421, b""), False, True),
        (SMTPConnectError(554, b""), True, True),
        (refused(450), False, False),
        (refused(550, 450), True, False),
        (refused(421), False, True),
        (refused(), False, False),
        (SMTPServerDisconnected(), False, True),
        (ConnectionResetError(), False, True),
        (TimeoutError(), False, True),
        (gaierror(), False, True),
        (SSLError(), False, True),
        (ValueError(), False, False),
    ],
)
def test_what_an_error_means(error, permanent, unreachable):
    assert (send.permanent(error), send.unreachable(error)) == (permanent, unreachable)
