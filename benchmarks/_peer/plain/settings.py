"""A plain Wagtail site, with what `wagtail start` writes into its settings."""

import os
import sys
from pathlib import Path

import environ

from benchmarks._peer.settings import *  # noqa: F403
from benchmarks._peer.settings import DJANGO_APPS, MIDDLEWARE

WAGTAIL = ["contrib.forms", "contrib.redirects", "embeds", "sites", "users", "snippets"]
WAGTAIL += ["documents", "images", "search", "admin"]
INSTALLED_APPS = [
    "benchmarks._peer.plain",
    *(f"wagtail.{name}" for name in WAGTAIL),
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    *DJANGO_APPS,
]
MIDDLEWARE.append("wagtail.contrib.redirects.middleware.RedirectMiddleware")
ROOT_URLCONF = "wagtail.urls"
DATABASES = {"default": environ.Env.db_url_config(os.environ["PLAIN_DATABASE_URL"])}
DATABASES["default"]["CONN_MAX_AGE"] = None
# Made anew for each run, in a folder of its own.
FOLDER = Path(os.environ["VAR_DIR"])
sys.path.append(str(FOLDER))
MIGRATION_MODULES = {"plain": "plain_migrations"}
WAGTAIL_SITE_NAME = "plain"
WAGTAILADMIN_BASE_URL = "http://example.org"
