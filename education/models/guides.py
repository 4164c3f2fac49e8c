"""A guide with its handout and practice page, and the list of all guides."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from clinic.models import ClinicSettings
from clinic.prepared import prepared
from clinic.review.panels import ClaimPanel
from clinic.review.reviewed import Reviewed
from education import booking
from education.blocks import SectionBlock
from education.guide import drawings, practice, structured_data
from education.guide.cards import cards
from education.guide.content import Guide, exercise_ids, gather
from education.guide.glossary import Glossary
from education.guide.page_lookup import in_readers_language
from education.handout import make
from education.models.shared import SharedPage
from education.models.snippets import Exercise, GlossaryTerm
from education.panels import ChecksPanel, TranslationPanel
from education.readers import is_a_reader


@prepared
def glossary_terms(*, language: str) -> models.QuerySet[GlossaryTerm]:
    """Those that are live, with what a guide shows of them."""
    live = GlossaryTerm.objects.written_in(language).filter(live=True)
    return live.only("key", "term", "also", "meaning").order_by()


class GuideCopyForm(CopyForm):
    """A copy of a guide is a draft: nobody has reviewed it. Nor does a guide need a second address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)


class GuideIndexPage(SharedPage):
    """The list of all guides, as cards."""

    introduction = models.TextField(_("introduction"), max_length=300, blank=True)

    content_panels = [
        TranslationPanel(heading=_("Language")),
        *Page.content_panels,
        FieldPanel("introduction"),
    ]
    parent_page_types = ["education.HomePage"]
    subpage_types = ["education.GuidePage"]
    max_count_per_parent = 1
    template = "education/guide_index_page.html"

    class Meta:
        verbose_name = _("list of guides")

    @property
    def crumb(self) -> str:
        """The same word as in the menu, unless the clinic chose another title."""
        return gettext("Guides") if self.title == "Guides" else self.title

    @property
    def guides(self) -> models.QuerySet["GuidePage"]:
        return in_readers_language(GuidePage.objects.live().public())

    def cards(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The guides, for the card component."""
        return cards(self.guides, request)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"cards": self.cards(request)}


class GuidePage(Reviewed, RoutablePageMixin, SharedPage):
    """One muscle's guide, with its handout (`print/`) and its practice page (`routine/`)."""

    headline = models.CharField(_("headline"), max_length=120, blank=True)
    introduction = models.TextField(
        _("introduction"), max_length=400, help_text=_("What the reader gets from this guide.")
    )
    body = StreamField([("section", SectionBlock())], blank=True, verbose_name=_("guide"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # These three are read by the version before alone: who signed what is in `SignOff`.
    clinical_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("clinical reviewer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    last_reviewed = models.DateField(_("last clinical review"), null=True, blank=True)
    next_review = models.DateField(_("next review due"), null=True, blank=True)

    content_panels = [
        TranslationPanel(heading=_("Language")),
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("introduction"),
        ChecksPanel(heading=_("Before you send it for review")),
        FieldPanel("body"),
    ]
    review_panels = [
        HelpPanel(
            _("The review dates are set when a clinical reviewer approves the guide."),
        ),
        MultiFieldPanel(
            [
                FieldPanel("author"),
                ClaimPanel(heading=_("What was signed")),
            ],
            heading=_("Who stands behind this guide"),
        ),
        # Schedule and comments, which Wagtail shows beside the page.
        *Page.settings_panels,
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Content")),
            ObjectList(review_panels, heading=_("Review")),
            ObjectList(Page.promote_panels, heading=_("Promote")),
        ]
    )
    search_fields = [
        *Page.search_fields,
        index.SearchField("headline", boost=2),
        index.SearchField("introduction", boost=1.5),
        index.SearchField("body"),
    ]
    parent_page_types = ["education.GuideIndexPage"]
    subpage_types: list[str] = []
    copy_form_class = GuideCopyForm
    read_together = ["author", "author__credentials"]
    exclude_fields_in_copy = ["author", "clinical_reviewer", "last_reviewed", "next_review"]
    template = "education/guide_page.html"
    check_order = 1

    class Meta:
        verbose_name = _("guide")

    @property
    def share_words(self) -> tuple[str, str]:
        return self.title, self.headline or super().share_words[1]

    @property
    def share_drawing(self) -> str:
        """The first exercise that has one of our drawings."""
        keys = (value["exercise"].drawing for value in self.guide().exercises)
        found = next((key for key in keys if drawings.size(f"{key}-end")), "")
        return f"{found}-end" if found else super().share_drawing

    @property
    def written_by(self) -> str:
        """Name, profession and registration of the author, as far as they are known."""
        if not self.author:
            return ""
        known = (self.author.get_full_name(), str(getattr(self.author, "credentials", "")))
        return ", ".join(part for part in known if part)

    @classmethod
    def to_be_checked(cls) -> Any:
        """Without the template that a new guide begins with."""
        return super().to_be_checked().exclude(title__startswith="Template:")

    def reviewed_parts(self) -> list[Exercise]:
        """Every exercise that the guide names, published or not, in no order."""
        return list(Exercise.objects.filter(pk__in=exercise_ids(self.body.raw_data)))

    def named_texts(self, text: dict[str, Any]) -> dict[str, Any]:
        """By heading of each section; the other fields by their names."""
        fields = {name: value for name, value in text.items() if name != "body"}
        sections = {one["value"]["heading"]: one["value"] for one in text.get("body", [])}
        return super().named_texts(fields) | sections

    def guide(self, *, drafts: bool = False) -> Guide:
        """The body, read once, with the glossary that explains its words."""
        found = gather(self.body, drafts=drafts)
        terms = glossary_terms(language=self.language_code)
        found.glossary = Glossary(sorted(terms, key=lambda one: one.term))
        return found

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        guide: Any = SimpleLazyObject(
            lambda: self.guide(drafts=getattr(request, "is_preview", False))
        )
        context = super().get_context(request, *args, **kwargs)
        here = {"title": self.title, "url": context["page_url"]}
        book_url = self.book_url(request=request)
        return context | {
            "guide": guide,
            "book_url": book_url,
            "faces": SimpleLazyObject(booking.faces),
            "counted": is_a_reader(request),
            "minutes": SimpleLazyObject(lambda: practice.minutes(guide.practice)),
            "crumbs_below": [*context["crumbs"], here],
            "guide_address": context["canonical"].partition("//")[2],
            "graph": SimpleLazyObject(
                lambda: structured_data.graph(self, guide, request, book_url=book_url)
            ),
        }

    def book_url(self, exercise: str = "", *, request: HttpRequest | None = None) -> str:
        """Where to ask for a consultation about this guide, or about one of its exercises."""
        return booking.book_url(
            guide=self.get_url(request) or "", revision=self.live_revision_id, exercise=exercise
        )

    @path("")
    def read(self, request: HttpRequest) -> HttpResponse:
        return self.render(request)

    @path("print/", name="print")
    def handout(self, request: HttpRequest) -> HttpResponse:
        """The same guide on one sheet; large print with `?size=large`."""
        guide = self.guide(drafts=getattr(request, "is_preview", False))
        parts = make.exercises(guide.practice)
        return self.render(
            request,
            template="education/guide_print.html",
            context_overrides={
                "guide": guide,
                "large": request.GET.get("size") == "large",
                "exercises": list(zip(guide.practice, parts["exercises"], strict=True)),
                "shared": parts["shared"],
            },
        )

    @path("print/pdf/", name="handout")
    def handout_pdf(self, request: HttpRequest) -> HttpResponse:
        """The sheet as a tagged PDF: `?paper=letter` for US Letter, `?size=large` for large print."""
        paper = request.GET.get("paper", "a4")
        made = make.pdf(
            self.sheet(request),
            paper=paper if paper in make.PAPERS else "a4",
            large=request.GET.get("size") == "large",
        )
        return HttpResponse(
            made,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{self.slug}.pdf"'},
        )

    def sheet(self, request: HttpRequest) -> dict[str, Any]:
        url = self.get_full_url(request) or request.build_absolute_uri("/")
        return make.data(self, self.guide(), ClinicSettings.current(request), url)

    @path("routine/", name="routine")
    def routine(self, request: HttpRequest) -> HttpResponse:
        """The exercises in order: a list to read, which a script turns into guided practice."""
        guide = self.guide(drafts=getattr(request, "is_preview", False))
        return self.render(
            request,
            template="education/guide_routine.html",
            context_overrides={
                "guide": guide,
                "practice": practice.data(self.title, guide.practice),
            },
        )
