"""A plain site with django-appointment, as its own documentation sets it up; mail goes nowhere."""

import os
import traceback
from urllib.parse import parse_qs, urlsplit

from django.core.signals import got_request_exception

from benchmarks._peer.settings import *  # noqa: F403
from benchmarks._peer.settings import DJANGO_APPS, MIDDLEWARE

_url = urlsplit(os.environ["PEER_DATABASE_URL"])
INSTALLED_APPS = ["django.contrib.admin", *DJANGO_APPS, "appointment"]
MIDDLEWARE.insert(2, "django.middleware.locale.LocaleMiddleware")
ROOT_URLCONF = "benchmarks._peer.appointments.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.strip("/"),
        "USER": _url.username,
        "HOST": parse_qs(_url.query)["host"][0],
        "CONN_MAX_AGE": None,
    }
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = "clinic@example.org"
EMAIL_HOST = EMAIL_HOST_USER = "mail.example.org"
APPOINTMENT_WEBSITE_NAME = "Clinic"
LOGGING = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "ERROR"},
}
MIGRATION_MODULES = {"appointment": None}  # its wheel has none


def show(**_: object) -> None:
    """Its own logging swallows what went wrong."""
    traceback.print_exc()


got_request_exception.connect(show)
