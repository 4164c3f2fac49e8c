"""Sends what is due, one mail at a time; several workers may run at once.

The queue is django-post-office's. This adds what "at least once" needs: a lease on each row before it
is sent (two workers never take the same mail; a killed worker's lease runs out), and a distinction
between permanent and temporary failures.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from smtplib import (
    SMTPConnectError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from socket import gaierror
from ssl import SSLError

from django.core.mail import EmailAttachment
from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from post_office.connections import connections
from post_office.models import STATUS, Email

from bookings.messages import sms, to_staff
from bookings.messages.secret_links import forget, texts_without_secret
from bookings.models import Message

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than one delivery can take (EMAIL_TIMEOUT for each of the few SMTP commands)."""
RETRIES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 360)]
# Written into the statement, not bound to it: after five runs PostgreSQL plans a prepared statement for
# any status, and would walk through every mail ever sent. SQLite uses the index of these alone only so.
WAITING = [RawSQL(str(status), ()) for status in (STATUS.queued, STATUS.requeued)]  # noqa: S611


def send_due(
    *, now: datetime, limit: int = 10, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Try up to `limit` due mails and as many texts, oldest first; returns how many were sent.

    A channel ends early when `stopping` is true or its server cannot be reached: a timeout for every mail
    would hold up everything else. Texts hold up no mails.
    """
    _drop_expired(now)
    began = time.monotonic()
    due = Email.objects.filter(
        Q(scheduled_time__lte=now) | Q(scheduled_time=None), status__in=WAITING
    ).order_by("scheduled_time", "pk")

    def clock() -> datetime:
        # A slow server may have taken minutes for the mails before this one.
        return now + timedelta(seconds=int(time.monotonic() - began))

    mails, texts = due.exclude(backend_alias=sms.ALIAS), due.filter(backend_alias=sms.ALIAS)
    sent = sum(_send_some(some[:limit], clock, stopping) for some in (mails, texts))
    connections.close()
    return sent


def _send_some(
    due: Iterable[Email], clock: Callable[[], datetime], stopping: Callable[[], bool]
) -> int:
    sent = 0
    for email in due:
        if stopping():
            break
        at = clock()
        leased = Email.objects.filter(pk=email.pk, status__in=WAITING).filter(
            scheduled_time=email.scheduled_time
        )
        if not leased.update(scheduled_time=at + LEASE):
            continue
        error = _send(email, at)
        sent += error is None
        if error and unreachable(error):
            break
    return sent


def _drop_expired(now: datetime) -> None:
    """Drop mails past their expiry, such as the reminder of a visit that has begun."""
    late = Email.objects.filter(status__in=WAITING, expires_at__lte=now)
    ids = list(late.values_list("pk", flat=True))
    if ids:
        Message.objects.filter(email__in=ids).update(superseded=True)
        late.filter(pk__in=ids).update(status=None)
        forget(ids)


def oldest_due(now: datetime) -> datetime | None:
    """When the longest-waiting unsent mail was due (UTC)."""
    return (
        Email.objects.filter(status__in=WAITING, scheduled_time__lte=now)
        .order_by("scheduled_time")
        .values_list("scheduled_time", flat=True)
        .first()
    )


def _send(email: Email, now: datetime) -> Exception | None:
    """Hand the mail to the server and record the result; returns the error, if any."""
    # If somebody cancels or supersedes the mail during the lease, their status is not overwritten.
    mine = Email.objects.filter(pk=email.pk, status__in=WAITING)
    try:
        _invite(email)
        email.dispatch(commit=False, disconnect_after_delivery=False)
    except Exception as error:  # any error of any backend: the mail must not be lost
        connections.close()
        _keep_or_give_up(email, error, now)
        return error
    mine.update(status=STATUS.sent, last_updated=now, **texts_without_secret(email))
    email.logs.create(status=STATUS.sent)
    logger.info("mail %s sent", email.pk)
    return None


def _invite(email: Email) -> None:
    """Add the calendar file where mail programs look for an invitation, and as an attachment.

    The first is an alternative of the text (RFC 6047, 2.4), as Gmail and Outlook send it themselves.
    post-office caches the message on the row, so changing it here is enough.
    """
    message = email.email_message()
    for number, file in enumerate(message.attachments):
        if str(file.mimetype).startswith("text/calendar"):
            message.attach_alternative(file.content, file.mimetype)
            plain = EmailAttachment(file.filename, file.content, "application/ics")
            message.attachments[number] = plain


def _keep_or_give_up(email: Email, error: Exception, now: datetime) -> None:
    tries = email.number_of_retries or 0
    final = permanent(error) or tries >= len(RETRIES)
    changes = (
        {"status": STATUS.failed, **texts_without_secret(email)}
        if final
        else {"status": STATUS.requeued, "scheduled_time": now + RETRIES[tries]}
    )
    waiting = Email.objects.filter(pk=email.pk, status__in=WAITING)
    with transaction.atomic():
        if waiting.update(number_of_retries=tries + 1, last_updated=now, **changes) and final:
            to_staff.undelivered(email, now=now)
    reason = f"{smtp_code(error) or ''} {type(error).__name__}".strip()
    email.logs.create(status=STATUS.failed, message=reason, exception_type=type(error).__name__)
    logger.warning("mail %s %s: %s", email.pk, "given up" if final else "kept", reason)


def permanent(error: Exception) -> bool:
    """Whether the server refused for good: a 5xx answer (RFC 5321, 4.2.1)."""
    code = smtp_code(error)
    return code is not None and 500 <= code < 600


def unreachable(error: Exception) -> bool:
    """Whether the server failed rather than this mail; 421 means "not now" (RFC 5321, 3.8)."""
    kinds = (ConnectionError, TimeoutError, gaierror, SSLError)
    gone = (SMTPServerDisconnected, SMTPConnectError)
    return isinstance(error, (*kinds, *gone)) or smtp_code(error) == 421


def smtp_code(error: Exception) -> int | None:
    if isinstance(error, SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=None)
    return error.smtp_code if isinstance(error, SMTPResponseException) else None
