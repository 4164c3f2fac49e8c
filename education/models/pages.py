"""The other pages: home and the ordinary ones."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from clinic.languages import active
from education import booking, figures
from education.blocks import PlainSectionBlock
from education.guide import structured_data
from education.guide.content import gather
from education.guide.page_lookup import in_readers_language, page_at, translation_of
from education.models.guides import GuideIndexPage
from education.models.shared import SharedPage
from education.panels import TranslationPanel


class HomePage(SharedPage):
    """Welcomes visitors, and links to the guides and to booking."""

    heading = models.CharField(_("heading"), max_length=120, blank=True)
    introduction = models.TextField(_("introduction"), max_length=300, blank=True)
    about = StreamField([("section", PlainSectionBlock())], blank=True, verbose_name=_("about"))

    content_panels = [
        TranslationPanel(heading=_("Language")),
        *Page.content_panels,
        FieldPanel("heading"),
        FieldPanel("introduction"),
        FieldPanel("about"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["education.GuideIndexPage", "education.StandardPage"]
    max_count_per_parent = 1
    template = "education/home_page.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        index_page = in_readers_language(GuideIndexPage.objects.live()).first()
        cards = index_page.cards(request) if index_page else []
        return super().get_context(request, *args, **kwargs) | {
            "guide_index": index_page,
            "cards": cards,
            "hero_guide": (
                {"url": cards[0]["url"], "words": gettext("Read: %(title)s") % cards[0]}
                if cards
                else None
            ),
            "practitioners": booking.practitioners(),
            "services": booking.services(),
            "locations": [(one, booking.way_to(one)) for one in booking.locations()],
            "book_url": booking.book_url(),
            "graph": structured_data.clinic_page(request, now=timezone.now()),
        }

    @property
    def crumb(self) -> str:
        return gettext("Home")

    @property
    def localized(self) -> Any:
        """Wagtail's, which asks for the language even where it is the page's own."""
        return self if self.language_code == active() else super().localized

    def originals(self) -> Iterator["HomePage"]:
        """The home page in the site's main language; its pages replace those without a translation."""
        if active() != settings.LANGUAGE_CODE:
            yield from HomePage.objects.filter(
                translation_key=self.translation_key, locale__language_code=settings.LANGUAGE_CODE
            ).exclude(pk=self.pk)

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """All pages are below home. An original replaces a page that is not translated, or not whole."""
        found: list[tuple[Any, list[str]]] = []
        for home in (self, *self.originals()) if path_components else ():
            one = page_at(home, path_components)
            found += [one] if one else []
            if one and one[0].live and not one[1]:
                break
        if not found:
            return super().route(request, path_components)
        page, rest = min(found, key=lambda one: (not one[0].live, len(one[1])))
        if translated := translation_of(page):
            return RouteResult(self, kwargs={"translated": translated, "rest": rest})
        return page.route(request, rest)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Also leads from an original's address to its translation, which may have its own slug."""
        if "translated" in kwargs:
            part = "".join(f"{one}/" for one in kwargs["rest"])
            return redirect(f"{kwargs['translated'].url}{part}")
        return super().serve(request, *args, **kwargs)


class StandardPage(SharedPage):
    """An ordinary page: about, privacy, accessibility, contact. `how-we-write` adds figures."""

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)
    body = StreamField([("section", PlainSectionBlock())], blank=True, verbose_name=_("text"))

    content_panels = [
        TranslationPanel(heading=_("Language")),
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
    ]
    parent_page_types = ["education.HomePage", "education.StandardPage"]
    subpage_types = ["education.StandardPage"]
    template = "education/standard_page.html"

    class Meta:
        verbose_name = _("page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        guide = gather(self.body, drafts=getattr(request, "is_preview", False))
        context = super().get_context(request, *args, **kwargs) | {"guide": guide}
        if self.slug == "contact":
            context["graph"] = structured_data.clinic_page(request, now=timezone.now())
        if self.slug == "how-we-write":
            context |= {"figures": list(figures.every_guide()), "today": timezone.localdate()}
        return context
