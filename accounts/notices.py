"""Mails to whoever an account belongs to, when its password or email address changes.

They follow the account's row, so that no screen and no command can forget them. Where the address
changes, the old one is written to: a thief would have the new one.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.log_actions import log

from clinic.models import ClinicSettings

KINDS = ("password_changed", "email_changed", "second_step_changed")


@receiver(pre_save, sender=User)
def look_up_old_address(instance: User, update_fields: Any, **kwargs: Any) -> None:
    instance.old_email = ""  # type: ignore[attr-defined]
    if update_fields is None or "email" in update_fields:
        old = User.objects.filter(pk=instance.pk).values_list("email", flat=True).first() or ""
        instance.old_email = old if old != instance.email else ""  # type: ignore[attr-defined]


@receiver(post_save, sender=User)
def tell_of_change(instance: User, created: bool, **kwargs: Any) -> None:
    if created:
        return
    if old := instance.old_email:  # type: ignore[attr-defined]
        send("email_changed", instance, to=old)
    # Django notes a new password here until it is saved; a better hash of the old one it does not.
    if instance._password is not None:  # type: ignore[attr-defined]
        send("password_changed", instance, to=old or instance.email)


def send(kind: str, user: Any, *, to: str = "") -> None:
    """One of KINDS, to the user's address or another; no mail where there is none."""
    address = to or user.email
    if address:
        mail = written(kind, user)
        send_mail(mail["subject"], mail["message"], None, [address])


def second_step(action: str, user: Any) -> None:
    """The user has changed their second step: recorded in the site history, and mailed."""
    # Of a lazy `request.user` Wagtail would keep no record, and say nothing.
    myself = User.objects.get(pk=user.pk)
    log(instance=myself, action=action, user=myself)
    send("second_step_changed", myself)


def written(kind: str, user: Any) -> dict[str, str]:
    context = {
        "kind": kind,
        "user": user,
        "at": timezone.now(),
        "site_address": settings.SITE_URL,
        "clinic": ClinicSettings.current(),
    }
    subject = render_to_string("emails/account_changed.subject.txt", context)
    message = render_to_string("emails/account_changed.txt", context)
    return {"subject": " ".join(subject.split()), "message": message}
