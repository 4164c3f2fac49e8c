"""The base of all our pages."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from wagtail.models import Page, PageViewRestriction

from clinic.languages import local, written
from education.models.translated import Following, follows


class SharedPage(Following, Page):
    """Adds to a page: its address in the reader's language, a description, breadcrumbs."""

    follows = follows()

    class Meta:
        abstract = True

    def get_url_parts(self, request: HttpRequest | None = None) -> Any:
        """Wagtail's, found once in a request, of which a page asks it seven times."""
        if request is None:
            return super().get_url_parts()
        known: dict[str, Any] = vars(request).setdefault("_page_addresses", {})
        if self.url_path not in known:
            known[self.url_path] = super().get_url_parts(request)
        return known[self.url_path]

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> str | None:
        """The address for a reader of the active language, even where the page is not translated.

        `get_full_url` stays the canonical address, for search engines and shared links.
        """
        url = super().get_url(request, current_site)
        return local(url) if url and url.startswith("/") else url

    url = property(get_url)

    @property
    def language_code(self) -> str:
        return str(self.locale.language_code)

    @cached_property
    def original(self) -> Any:
        """The page in the site's main language that this one translates; None for that page itself."""
        if self.language_code == settings.LANGUAGE_CODE:
            return None
        found = self.get_translations().filter(locale__language_code=settings.LANGUAGE_CODE).first()
        return found.specific if found else None

    @property
    def description(self) -> str:
        """For search engines and shared links."""
        return self.search_description or getattr(self, "introduction", "")

    @property
    def share_words(self) -> tuple[str, str]:
        """The two lines of the picture that a shared link shows."""
        return self.title, Truncator(self.description).chars(110)

    @property
    def share_drawing(self) -> str:
        """The name of the drawing beside them."""
        return "half-kneeling-stretch-end"

    @property
    def crumb(self) -> str:
        """This page's name in breadcrumbs."""
        return self.title

    def as_crumb(self, request: HttpRequest) -> dict[str, Any]:
        """For breadcrumbs. `ours` is True where the name is our own, in the visitor's language."""
        ours = self.crumb != self.title
        return {"title": self.crumb, "url": self.get_url(request), "ours": ours}

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Wagtail's, unless `page_lookup` has already found that there are none."""
        if getattr(self, "restricted", True):
            return super().get_view_restrictions()
        return PageViewRestriction.objects.none()

    @cached_property
    def trail(self) -> list["SharedPage"]:
        """The pages above this one, from home down; for breadcrumbs."""
        return list(self.get_ancestors().filter(depth__gte=2).live().order_by("depth").specific())

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        crumbs = [page.as_crumb(request) for page in self.trail]
        address = self.get_full_url(request) or ""
        return context | {
            "canonical": address,
            # Said once for all of a page's blocks, which would find out anew each time.
            "page_url": self.get_url(request),
            "lang_attrs": written(self),
            "crumbs": crumbs,
            "share_picture": urljoin(address, reverse("share-picture", args=[self.pk])),
        }
