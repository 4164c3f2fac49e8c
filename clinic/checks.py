"""System checks: production refuses to start half configured, and says how to finish."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def production_is_configured(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """clinic.E001 to E006. Runs with every `manage.py` command and at the web server's start."""
    if not settings.PRODUCTION:
        return []
    wanted = [
        (
            not settings.SECRET_KEY_MISSING,
            "SECRET_KEY is not set.",
            "Set it to 50 random characters; it must stay the same over restarts.",
            "clinic.E001",
        ),
        (
            bool(settings.ALLOWED_HOSTS) and "*" not in settings.ALLOWED_HOSTS,
            "ALLOWED_HOSTS names no host, or every host.",
            "Set it to the site's names, for example ALLOWED_HOSTS=clinic.example.org",
            "clinic.E002",
        ),
        (
            settings.SITE_URL.startswith("https://"),
            "SITE_URL is not an https:// address.",
            "Links in mails are built from it, for example SITE_URL=https://clinic.example.org",
            "clinic.E003",
        ),
        (
            bool(settings.MAIL_SERVER),
            "EMAIL_URL is not set: nobody would get an answer.",
            "For example EMAIL_URL=smtp+tls://user:password@mail.example.org:587",
            "clinic.E004",
        ),
        (
            bool(settings.DEFAULT_FROM_EMAIL),
            "DEFAULT_FROM_EMAIL is not set.",
            "For example DEFAULT_FROM_EMAIL='Clinic <hello@clinic.example.org>'",
            "clinic.E005",
        ),
        (
            settings.POST_OFFICE["MESSAGE_ID_FQDN"] != "clinic.invalid",
            "MESSAGE_ID_DOMAIN is not set.",
            "Set it to the domain that mails come from, for example clinic.example.org",
            "clinic.E006",
        ),
    ]
    return [Error(text, hint=hint, id=id_) for ok, text, hint, id_ in wanted if not ok]
