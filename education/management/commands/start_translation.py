"""`manage.py start_translation es /guides/iliopsoas/`: make drafts to translate in the admin."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from wagtail.models import Page

from education.models import HomePage
from education.translation import start_page


class Command(BaseCommand):
    help = "Copy a page and the pages above it as drafts in another language. May be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("path", help="the page's address, as in /guides/iliopsoas/")

    def handle(self, *, language: str, path: str, **options: Any) -> None:
        for page in start_page(page_at(path), language):
            self.stdout.write(f"{page}: draft {page.pk}" if not page.live else f"{page}: live")


def page_at(path: str) -> Page:
    """Raises `CommandError` where the address leads nowhere."""
    home = HomePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).first()
    if home is None:
        raise CommandError("There is no home page.")
    address = f"{home.url_path}{path.strip('/')}/".replace("//", "/")
    found = Page.objects.filter(url_path=address).first()
    if found is None:
        raise CommandError(f"No page at {path}")
    return found
