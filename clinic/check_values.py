"""What is wrong with values that can be read: each as name, problem and hint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http.request import validate_host
from django.utils.module_loading import import_string

from clinic.backup import archive
from clinic.backup.errors import BackupError

Wrong = Iterator[tuple[str, str, str]]
DOMAIN = re.compile(r"(?i)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
EXAMPLE = re.compile(r"(?i)(^|[@./])example\.(org|com)\b")


def wrong() -> Wrong:
    yield from _site_url()
    yield from _mail()
    yield from _backup_key()
    yield from _others()


def _site_url() -> Wrong:
    try:
        url = urlsplit(settings.SITE_URL)
        host, _port = url.hostname or "", url.port
    except ValueError:
        yield "SITE_URL", "is no address", "For example https://clinic.example.org"
        return
    if url.path or url.query or url.fragment or url.username:
        yield (
            "SITE_URL",
            "has more than a host",
            "The site is at the root: https://clinic.example.org",
        )
    elif host and settings.ALLOWED_HOSTS and not validate_host(host, settings.ALLOWED_HOSTS):
        yield "SITE_URL", "is not among ALLOWED_HOSTS", "Every link in a mail would be refused."
    for name in settings.ALLOWED_HOSTS:
        if name != "*" and re.search(r"[/\s]|:\d+$", name):
            hint = "Names alone, without https:// and port."
            yield "ALLOWED_HOSTS", "has something that is no host", hint
            return


def _mail() -> Wrong:
    for name, value in (
        ("DEFAULT_FROM_EMAIL", settings.DEFAULT_FROM_EMAIL),
        ("ALERT_EMAIL", settings.ALERT_EMAIL),
    ):
        if value and not is_email(parseaddr(value)[1]):
            yield name, "is no email address", "For example Clinic <hello@clinic.example.org>"
    domain = str(settings.POST_OFFICE["MESSAGE_ID_FQDN"])
    if not DOMAIN.fullmatch(domain):
        yield "MESSAGE_ID_DOMAIN", "is no domain", "For example clinic.example.org"
    if settings.SMS_BACKEND and not _can_send(settings.SMS_BACKEND):
        hint = "See “Text messages” in deploy/README.md; is it on the PYTHONPATH?"
        yield "SMS_BACKEND", "is no class with a method `send`", hint
    secret = settings.BOUNCE_WEBHOOK_SECRET
    if secret and not re.fullmatch(r"[^:\s]+:\S+", secret):
        yield "BOUNCE_WEBHOOK_SECRET", "is not user:password", "Any two words with a colon."


def is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def _can_send(path: str) -> bool:
    try:
        return callable(getattr(import_string(path), "send", None))
    except Exception:  # whatever a module of somebody else's does when it is loaded
        return False


def _backup_key() -> Wrong:
    if settings.BACKUP_KEY:
        try:
            archive.identity(settings.BACKUP_KEY)
        except BackupError:
            yield "BACKUP_KEY", "is no age key", "Make one with `manage.py backup --new-key`."


def _others() -> Wrong:
    if settings.CLIENT_ADDRESS_HEADER and not re.fullmatch(
        r"[A-Za-z0-9-]+", settings.CLIENT_ADDRESS_HEADER
    ):
        hint = "Letters, digits and hyphens, such as X-Clinic-6fbbb2a1c0d9"
        yield "CLIENT_ADDRESS_HEADER", "is no name of a header", hint
    bucket = urlsplit(settings.MEDIA_BUCKET)
    if settings.MEDIA_BUCKET and not (
        bucket.scheme in ("http", "https") and bucket.netloc and bucket.path.strip("/")
    ):
        yield (
            "MEDIA_BUCKET",
            "is no address of a bucket",
            "For example https://s3.example.org/clinic",
        )
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 20:
        yield "METRICS_TOKEN", "has fewer than 20 characters", "Make one as for SECRET_KEY."
    dsn = urlsplit(settings.SENTRY_DSN)
    if settings.SENTRY_DSN and not (dsn.scheme in ("http", "https") and dsn.username):
        yield "SENTRY_DSN", "is no address of a project", "As your provider gives it."


def placeholders() -> list[str]:
    """Settings that still say example.org."""
    values = {
        "ALLOWED_HOSTS": " ".join(settings.ALLOWED_HOSTS),
        "SITE_URL": settings.SITE_URL,
        "EMAIL_URL": str(getattr(settings, "EMAIL_HOST", "")),
        "DEFAULT_FROM_EMAIL": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "MESSAGE_ID_DOMAIN": f".{settings.POST_OFFICE['MESSAGE_ID_FQDN']}",
    }
    return [name for name, value in values.items() if EXAMPLE.search(value)]
