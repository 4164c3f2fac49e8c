"""`manage.py start_translation es /guides/iliopsoas/`: make drafts to translate in the admin."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from wagtail.models import GroupPagePermission, Locale, Page, WorkflowPage

from education.models import HomePage


class Command(BaseCommand):
    help = "Copy a page and the pages above it as drafts in another language. May be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("path", help="the page's address, as in /guides/iliopsoas/")

    def handle(self, *, language: str, path: str, **options: Any) -> None:
        locale, _made = Locale.objects.get_or_create(language_code=language)
        for page in line_to(path):
            copied = page.get_translation_or_none(locale)
            if copied:
                self.stdout.write(f"{page}: exists already")
            else:
                copied = page.specific.copy_for_translation(locale)
                self.stdout.write(f"{page}: draft {copied.pk}")
            share_roles(page, copied)


def share_roles(page: Page, copied: Page) -> None:
    """A translated home page is a tree of its own: give it the same editors, reviewers and workflow."""
    for row in GroupPagePermission.objects.filter(page=page):
        GroupPagePermission.objects.get_or_create(
            group=row.group, page=copied, permission=row.permission
        )
    for row in WorkflowPage.objects.filter(page=page):
        WorkflowPage.objects.get_or_create(page=copied, defaults={"workflow": row.workflow})


def line_to(path: str) -> list[Page]:
    """Home and every page down to the address. Raises `CommandError` where it leads nowhere."""
    home = HomePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).first()
    if home is None:
        raise CommandError("There is no home page.")
    page = Page.objects.filter(url_path=f"{home.url_path}{path.strip('/')}/".replace("//", "/"))
    found = page.first()
    if found is None:
        raise CommandError(f"No page at {path}")
    return list(found.get_ancestors(inclusive=True).filter(depth__gte=home.depth))
