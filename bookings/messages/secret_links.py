"""The secret in a mail's link, once the mail has left: nobody needs it here any more.

A stolen copy of the database would open every patient's page otherwise. The secret stays where no mail
server is set up, since staff of a trial site read the mails in the admin and follow their links.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from post_office.models import Email

from bookings.models.access import SECRET

GONE = "/request/open/…"


def texts_without_secret(email: Email) -> dict[str, str]:
    """The columns of a mail that has left, or never will, as they are kept."""
    if not settings.MAIL_SERVER:
        return {}
    return {
        "message": SECRET.sub(GONE, email.message),
        "html_message": SECRET.sub(GONE, email.html_message),
    }


def forget(ids: Iterable[int]) -> None:
    """Take the secrets out of these mails, which never leave."""
    if not settings.MAIL_SERVER:
        return
    for email in Email.objects.filter(pk__in=ids):
        if changes := texts_without_secret(email):
            Email.objects.filter(pk=email.pk).update(**changes)


def texts_with_link(email: Email, link: str) -> dict[str, str]:
    """The columns of a mail that is sent again, with a new link where its own is gone."""
    address = link[link.index("/request/open/") :]
    return {
        "message": email.message.replace(GONE, address.rstrip("/")),
        "html_message": email.html_message.replace(GONE, address.rstrip("/")),
    }


def texts_with_other_link(email: Email, link: str) -> dict[str, str]:
    """The columns of a mail that has not left, with a new link in the place of its own."""
    address = link[link.index("/request/open/") :].rstrip("/")
    return {
        "message": SECRET.sub(address, email.message),
        "html_message": SECRET.sub(address, email.html_message),
    }
