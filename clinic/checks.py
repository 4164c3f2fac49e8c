"""System checks: production refuses to start half configured, and says how to finish.

One line for each setting that is missing or wrong. None repeats a value: it may be a secret.
"""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from clinic import check_values, throttle


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
                f"LIMITS: {name} is not tries/minutes.",
                hint=f"For example LIMITS={name}=20/60",
                id="clinic.E007",
            )


@register(Tags.security)
def settings_can_be_read(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    """clinic.E010: what `clinic.environment` could not read."""
    for name, what in settings.ENVIRONMENT.problems:
        hint = f"{name} is described in .env.example."
        yield Error(f"{name} {what}.", hint=hint, id="clinic.E010")


@register(Tags.security)
def values_make_sense(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    """clinic.E011: they can be read, but nothing that uses them would work."""
    for name, what, hint in check_values.wrong():
        yield Error(f"{name} {what}.", hint=hint, id="clinic.E011")


@register(Tags.security)
def packages_are_there(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    """clinic.E012: settings that want a package which only some sites need."""
    shared = "bin/python bin/install.py requirements-shared.txt"
    sentry = "bin/python bin/install.py uv pip install sentry-sdk"
    redis = settings.CACHE_URL.startswith(("redis", "valkey"))
    for name, is_set, package, command in (
        ("SENTRY_DSN", settings.SENTRY_DSN, "sentry_sdk", sentry),
        ("MEDIA_BUCKET", settings.MEDIA_BUCKET, "storages", shared),
        ("CACHE_URL", redis, "redis", shared),
    ):
        if is_set and not find_spec(package):
            hint = f"In the folder of the release:  {command}"
            yield Error(
                f"{name} is set, and its package is not there.", hint=hint, id="clinic.E012"
            )


@register(Tags.security, deploy=True)
def requests_arrive_by_https(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    """clinic.E013: our web server speaks no TLS, so every request would be sent on to itself for ever."""
    if settings.PRODUCTION and settings.SECURE_SSL_REDIRECT and not settings.TRUSTED_PROXY_COUNT:
        yield Error(
            "TRUSTED_PROXY_COUNT is 0: every page would redirect to itself without end.",
            hint="Behind deploy/nginx.conf it is 1; SECURE_SSL_REDIRECT=false where the proxy redirects.",
            id="clinic.E013",
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


@register(Tags.security, deploy=True)
def nothing_is_left_over(app_configs: Any, **kwargs: Any) -> Iterator[CheckMessage]:
    """clinic.W002 to W004: examples that nobody replaced, names that mean nothing, open backups."""
    if not settings.PRODUCTION:
        return
    for name in check_values.placeholders():
        hint = "Put your own in its place."
        yield Warning(f"{name} is still the example.", hint=hint, id="clinic.W002")
    for name in settings.ENVIRONMENT.unknown():
        hint = ".env.example has every setting. Is it misspelt, or of another version?"
        yield Warning(f"{name} is no setting of ours.", hint=hint, id="clinic.W003")
    if not settings.BACKUP_KEY:
        yield Warning(
            "BACKUP_KEY is not set: whoever finds a backup can read it.",
            hint="Make one with `manage.py backup --new-key`, and keep a copy away from this machine.",
            id="clinic.W004",
        )
