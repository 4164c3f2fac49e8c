"""What search engines may find: pages in every language, who works here, and the way to book."""

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.translation import override
from wagtail.contrib.sitemaps import Sitemap as PageSitemap
from wagtail.models import Page
from wagtail.query import PageQuerySet

from education import booking


class Pages(PageSitemap):
    """Wagtail's own, which knows the pages below one home page alone."""

    def items(self) -> PageQuerySet:
        root = self.get_wagtail_site().root_page
        found = Page.objects.none()
        for home in [root, *root.get_translations().live()]:
            found = found | Page.objects.descendant_of(home, inclusive=True)
        return found.live().public().order_by("path").defer_streamfields().specific()


class Views(Sitemap):
    """The list of people, each person, and booking, in every language."""

    def items(self) -> list[str]:
        found = []
        for code, _name in settings.LANGUAGES:
            with override(code):
                found += [reverse("people"), reverse("book")]
                found += [person.url for person in booking.practitioners()]
        return found

    def location(self, item: Any) -> str:
        return str(item)


SITEMAPS = {"pages": Pages, "views": Views}
