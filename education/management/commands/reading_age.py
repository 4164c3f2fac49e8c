"""`manage.py reading_age`: how old one has to be to read each page, drafts as well."""

from typing import Any

from django.core.management.base import BaseCommand
from wagtail.models import Page

from education.guide import checks
from education.models import GuidePage, StandardPage


class Command(BaseCommand):
    help = "The reading age of each page: of what explains, and of all its text with lists and warnings."

    def handle(self, *args: Any, **options: Any) -> None:
        pages = Page.objects.type(GuidePage, StandardPage).order_by("locale", "path").specific()
        self.stdout.write("explains  all of it")
        for page in pages:
            explains, whole = checks.measure_explaining(page), checks.measure(page)
            language = page.locale.language_code
            self.stdout.write(f"{explains.years:8.1f} {whole.years:10.1f}  {language} {page}")
