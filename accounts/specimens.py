"""The mails of staff logins, as they look: plain text alone, so that nothing in them can be dressed up."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import notices
from clinic.models import ClinicSettings


def mails(kind: str = "") -> dict[str, dict[str, str]]:
    """Every kind, or the one that is asked for; empty for another's."""
    user = get_user_model()(username="amara")
    found = {
        "password-reset": {"label": _("A new password for the clinic's site")} | reset(user),
        **{
            name.replace("_", "-"): {"label": mail["subject"]} | mail
            for name in notices.KINDS
            for mail in [notices.written(name, user)]
        },
    }
    chosen = {name: mail for name, mail in found.items() if kind in ("", name)}
    return {name: mail | {"html_message": ""} for name, mail in chosen.items()}


def reset(user: object) -> dict[str, str]:
    context = {
        "user": user,
        "uid": "MQ",
        "token": "example",
        "site_address": settings.SITE_URL,
        "clinic": ClinicSettings.current(),
    }
    return {
        "subject": render_to_string("emails/password_reset.subject.txt").strip(),
        "message": render_to_string("emails/password_reset.txt", context),
    }
