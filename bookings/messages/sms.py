"""Text messages to mobile phones: an optional channel, off unless `SMS_BACKEND` names a sender.

A text is a row in the same outbox as mails, with the same leases, retries and delivery states;
`Backend` hands it to the configured sender. A sender is anything with `send(number, text)`: it returns
when the provider has accepted the text, raises `Refused` for a number that will never work, and any
other error for a temporary failure.
"""

from __future__ import annotations

import base64
import inspect
import json
import logging
from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType, number_type

from bookings.messages import sms_reports

logger = logging.getLogger(__name__)

ALIAS = "sms"
"""The name of this channel among post-office's backends."""
DOMAIN = "sms.invalid"
"""Appended to the number, because the outbox stores email addresses; nothing is ever sent there."""
TIMEOUT = 10
"""Seconds that a provider may take to answer."""
REFUSES = frozenset({400, 404, 422})
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
TEXTS = {
    "confirmed": _("{clinic}: you are booked on {when}. Cannot come? {link} {reference}"),
    "booked_several": _(
        "{clinic}: your visits are booked, the first on {when}. All of them: {link} {reference}"
    ),
    "moved": _("{clinic}: your new time is {when}. Cannot come? {link} {reference}"),
    "cancelled": _(
        "{clinic}: we are sorry, we had to cancel {when}. We will call you. {reference}"
    ),
    "withdrawn": _("{clinic}: your request is cancelled. A mistake? Call {phone}. {reference}"),
    "cancelled_for": _(
        "{clinic}: as you asked, we have cancelled {reference}. A mistake? Call {phone}."
    ),
    "reminder": _("{clinic}: see you on {when}. Cannot come? {link} {reference}"),
}
"""These show on a locked screen: the time, but nothing about health."""
BESIDE_MAIL = {
    "cancelled": _(
        "{clinic}: we are sorry, we had to cancel {when}. Our email says more. {link} {reference}"
    )
}
"""Instead of those above, to whoever gets a mail as well: nobody calls them."""
CALL = _("Call {phone}.")
"""In the place of {link}, where there is none."""


class Refused(Exception):
    """The number will never work."""


class Sender(Protocol):
    def send(self, number: str, text: str) -> None:
        """Hand one text over. `number` is E.164, such as +447700900123.

        One with a third argument, `report`, gets the address where the provider tells whether it arrived.
        """


class Console:
    """Prints what it would send, for trying the channel out."""

    def send(self, number: str, text: str) -> None:
        print(f"SMS to {number}: {text}", flush=True)  # noqa: T201


class Memory:
    """Remembers what it was given, for tests."""

    sent: list[tuple[str, str]] = []

    def send(self, number: str, text: str) -> None:
        self.sent.append((number, text))


class Http:
    """POSTs each text to a provider, as `SMS_HTTP` describes its interface:

    `url` (https); `fields`, in which {number}, {text} and {report} are filled in; `json` (true: a JSON
    body, else a form); `headers`; `user` and `password` (basic authentication). A 400, 404 or 422 refuses
    the number; any other error is tried again.
    """

    def __init__(self) -> None:
        self.how: dict[str, Any] = settings.SMS_HTTP

    def send(self, number: str, text: str, report: str = "") -> None:
        filled = {"{number}": number, "{text}": text, "{report}": report}
        fields = {
            name: filled.get(value, value) for name, value in self.how.get("fields", {}).items()
        }
        headers = dict(self.how.get("headers", {}))
        if self.how.get("user"):
            pair = f"{self.how['user']}:{self.how.get('password', '')}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        if self.how.get("json"):
            headers["Content-Type"], body = "application/json", json.dumps(fields)
        else:
            body = urlencode(fields)
        request = Request(self.how["url"], body.encode(), headers, method="POST")  # noqa: S310  # the owner's setting
        try:
            with urlopen(request, timeout=TIMEOUT):  # noqa: S310  (as above)
                pass
        except HTTPError as error:
            if error.code in REFUSES:
                raise Refused from None
            # Without the answer's text, which may repeat the number.
            raise ConnectionError(f"the provider answers {error.code}") from None


class Twilio(Http):
    """Twilio's interface: `SMS_HTTP` has `user` (account SID), `password` (auth token) and `from`."""

    def __init__(self) -> None:
        own: dict[str, Any] = settings.SMS_HTTP
        self.how = {
            "url": f"https://api.twilio.com/2010-04-01/Accounts/{own['user']}/Messages.json",
            "fields": {
                "To": "{number}",
                "From": own["from"],
                "Body": "{text}",
                "StatusCallback": "{report}",
            },
            **own,
        }


def sender() -> Sender:
    found: Sender = import_string(settings.SMS_BACKEND)()
    return found


def is_on() -> bool:
    """Whether the clinic sends texts at all."""
    return bool(settings.SMS_BACKEND)


def can_reach(phone: Any) -> bool:
    """Whether texts are on, and this is a mobile number."""
    return is_on() and is_mobile(phone)


def words(kind: str, *, beside_mail: bool) -> str:
    """What the text of this kind says, in the active language, with its placeholders."""
    return str(BESIDE_MAIL.get(kind, TEXTS[kind]) if beside_mail else TEXTS[kind])


def is_mobile(phone: Any) -> bool:
    return bool(phone and number_type(phone) in MOBILE)


def address(phone: Any) -> str:
    return f"{phone.as_e164.removeprefix('+')}@{DOMAIN}"


class Backend(BaseEmailBackend):
    """Connects the outbox to the sender."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            for to in message.to:
                self._send(to, str(message.body), message.extra_headers.get("Message-ID", ""))
        return len(messages)

    def _send(self, to: str, text: str, message_id: str) -> None:
        number = "+" + to.partition("@")[0]
        found: Any = sender()
        takes = inspect.signature(found.send).parameters
        about = {"report": sms_reports.address(message_id)} if "report" in takes else {}
        try:
            found.send(number, text, **about)
        except Refused as error:
            # The outbox treats this as permanent, like the same answer of a mail server.
            raise SMTPRecipientsRefused({to: (550, b"refused")}) from error
