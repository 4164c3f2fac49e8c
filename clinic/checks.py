"""System checks: production refuses to start half configured, and says how to finish."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from clinic import throttle


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


@register(Tags.security)
def limits_are_numbers(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """clinic.E007: a limit that cannot be read would be found out by the first visitor it refuses."""
    for name, limit in settings.LIMITS.items():
        try:
            throttle.parse(limit)
        except ValueError:
            yield Error(
                f"LIMITS: {name}={limit} is not tries/minutes.",
                hint=f"For example LIMITS={name}=20/60",
                id="clinic.E007",
            )


@register(Tags.security, deploy=True)
def second_step_is_wanted(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """clinic.W001: allowed, and said aloud at each check."""
    if not settings.SECOND_FACTOR_REQUIRED:
        yield Warning(
            "SECOND_FACTOR_REQUIRED is off: a password alone opens patients' details.",
            hint="Leave it out, and everybody sets up a second step at their next login.",
            id="clinic.W001",
        )
