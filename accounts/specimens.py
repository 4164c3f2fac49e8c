"""The mail of the staff's way in, as it looks."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from clinic.models import ClinicSettings


def mails(kind: str = "") -> dict[str, dict[str, str]]:
    """A new password: plain text alone, so that nothing in it can be dressed up."""
    if kind not in ("", "password-reset"):
        return {}
    context = {
        "user": get_user_model()(username="amara"),
        "uid": "MQ",
        "token": "example",
        "site_address": settings.SITE_URL,
        "clinic": ClinicSettings.current(),
    }
    return {
        "password-reset": {
            "label": _("A new password for the clinic's site"),
            "subject": render_to_string("emails/password_reset.subject.txt").strip(),
            "message": render_to_string("emails/password_reset.txt", context),
            "html_message": "",
        }
    }
