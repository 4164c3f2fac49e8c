"""`manage.py seed_guides`: make the first guides and pages, each only once."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from wagtail.models import Site

from clinic.graceful_exit import graceful_exit
from education.seed.entries import make_library
from education.seed.pages import make_pages
from education.seed.proposals import propose
from education.seed.roles import make_roles
from education.seed.spanish import make_spanish

STEPS = {"Exercises and references": make_library, "Pages": make_pages, "Roles": make_roles}
TRANSLATIONS = {"Spanish": make_spanish}


class Command(BaseCommand):
    help = "Make the first guides, exercises and pages. Keeps edits; does not restore what was deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-drafts",
            action="store_true",
            help="save the newest text of guides and exercises that are there as drafts for review",
        )

        parser.add_argument(
            "--one-language", action="store_true", help="make no translations of what is seeded"
        )

    def handle(
        self, *, as_drafts: bool = False, one_language: bool = False, **options: Any
    ) -> None:
        if as_drafts:
            for name in propose():
                self.stdout.write(f"A draft waits for review: {name}")
            return
        follow_site_url()
        made = 0
        # One transaction per thing: if stopped, the next run continues.
        with graceful_exit():
            steps = STEPS if one_language else STEPS | TRANSLATIONS
            for step, make in steps.items():
                self.stdout.write(f"{step}…")
                made += make()
        self.stdout.write(f"{made} new" if made else "Nothing new: everything was made before.")


def follow_site_url() -> None:
    """Set the default site's address to SITE_URL, for canonical links and the sitemap."""
    address = urlsplit(settings.SITE_URL)
    if not address.hostname:
        return
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first()
    if site and (site.hostname, site.port) != (address.hostname, port):
        site.hostname, site.port = address.hostname, port
        site.save()
