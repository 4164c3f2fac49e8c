"""`manage.py seed_guides`: the first guides and pages, each made once, ever."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from wagtail.models import Site

from clinic.interrupting import tidy_end
from education.seed.pages import make_pages
from education.seed.roles import make_roles
from education.seed.shelves import make_library

STEPS = {"Exercises and references": make_library, "Pages": make_pages, "Roles": make_roles}


class Command(BaseCommand):
    help = "Make the first guides, exercises and pages. Edits stay, and what was deleted stays so."

    def handle(self, *args: Any, **options: Any) -> None:
        follow_site_url()
        made = 0
        # Each thing is made in a transaction of its own: stopped, it goes on where it was.
        with tidy_end():
            for step, make in STEPS.items():
                self.stdout.write(f"{step}…")
                made += make()
        self.stdout.write(f"{made} new" if made else "Nothing new: everything was seeded before.")


def follow_site_url() -> None:
    """The default site's address is SITE_URL, so that canonical links and the sitemap are right."""
    address = urlsplit(settings.SITE_URL)
    if not address.hostname:
        return
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first()
    if site and (site.hostname, site.port) != (address.hostname, port):
        site.hostname, site.port = address.hostname, port
        site.save()
