"""Exercise, Reference and GlossaryTerm: written once, used by every guide."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.search import index

from clinic.review.panels import ClaimPanel
from clinic.review.reviewed import ReviewedSnippet
from education.enums import Evidence, ExerciseKind, Position, label
from education.forms import ExerciseForm
from education.guide import drawings
from education.guide.dose import Dose
from education.guide.read_once import LibraryManager
from education.models.translated import Translated, TranslatedQuerySet, one_translation
from education.panels import ExerciseChecksPanel, TranslationPanel


def lines(text: str) -> list[str]:
    """The lines of a text with one item a line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sentence(name: str) -> FieldPanel:
    """A one-line field whose input grows with the text."""
    return FieldPanel(name, widget=AdminAutoHeightTextInput)


class Exercise(Translated, ReviewedSnippet, index.Indexed):
    """One exercise: its card, timer, handout and structured data are made from this."""

    key = models.SlugField(
        _("key"),
        unique=True,
        help_text=_("Short and fixed; part of links, as in seated-knee-lift."),
    )
    name = models.CharField(_("name"), max_length=80)
    summary = models.CharField(_("what it does for you"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ExerciseKind)
    position = models.CharField(_("position"), max_length=12, choices=Position)
    steps = models.TextField(_("steps"), help_text=_("One step a line."))
    sets = models.PositiveSmallIntegerField(
        _("rounds"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    reps = models.PositiveSmallIntegerField(
        _("repeats in a round"), default=1, validators=[MaxValueValidator(50)]
    )
    hold_from = models.PositiveSmallIntegerField(
        _("hold, from (seconds)"), default=0, validators=[MaxValueValidator(300)]
    )
    hold_to = models.PositiveSmallIntegerField(
        _("hold, to (seconds)"), default=0, validators=[MaxValueValidator(300)]
    )
    each_side = models.BooleanField(_("do each side"), default=True)
    how_often = models.CharField(_("how often"), max_length=120, blank=True)
    cautions = models.TextField(_("take care"), blank=True, help_text=_("One a line."))
    stop_if = models.TextField(_("stop if"), blank=True, help_text=_("One a line."))
    easier = models.CharField(_("to make it easier"), max_length=250, blank=True)
    harder = models.CharField(_("to make it harder"), max_length=250, blank=True)
    drawing = models.CharField(
        _("drawing"),
        max_length=40,
        blank=True,
        choices=drawings.EXERCISES,
        help_text=_("One of the site’s own drawings; or upload two pictures below instead."),
    )
    start_image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("picture of the start"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    start_alt = models.CharField(_("start, in words"), max_length=250, blank=True)
    end_image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("picture of the end"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    end_alt = models.CharField(_("end, in words"), max_length=250, blank=True)

    only = ""
    """Unlike one in a plan, it is for both sides. Said here because the picture's template asks it."""
    check_order = 2
    base_form_class = ExerciseForm
    panels = [
        TranslationPanel(heading=_("Language")),
        ExerciseChecksPanel(heading=_("Before you send it for review")),
        FieldPanel("name"),
        FieldPanel("key"),
        sentence("summary"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("position")]),
        FieldPanel("steps"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("sets"), FieldPanel("reps"), FieldPanel("each_side")]),
                FieldRowPanel([FieldPanel("hold_from"), FieldPanel("hold_to")]),
                FieldPanel("how_often"),
            ],
            heading=_("Dose"),
        ),
        MultiFieldPanel([FieldPanel("cautions"), FieldPanel("stop_if")], heading=_("Safety")),
        FieldRowPanel([sentence("easier"), sentence("harder")]),
        MultiFieldPanel(
            [
                FieldPanel("drawing"),
                FieldRowPanel([FieldPanel("start_image"), sentence("start_alt")]),
                FieldRowPanel([FieldPanel("end_image"), sentence("end_alt")]),
            ],
            heading=_("Pictures"),
        ),
        ClaimPanel(heading=_("Who stands behind it")),
    ]
    search_fields = [
        index.SearchField("name", boost=3),
        index.AutocompleteField("name"),
        index.SearchField("summary"),
        index.SearchField("steps"),
        index.FilterField("live"),
        index.FilterField("id"),
    ]

    objects = LibraryManager.from_queryset(TranslatedQuerySet)()

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering = ["name"]
        constraints = [
            *one_translation("exercise"),
            models.CheckConstraint(
                name="exercise_hold_is_a_range",
                condition=models.Q(hold_to__gte=models.F("hold_from")) | models.Q(hold_to=0),
                violation_error_message=_(
                    "The longest hold must not be shorter than the shortest."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_label(self) -> str:
        return label(ExerciseKind, self.kind)

    @property
    def position_label(self) -> str:
        return label(Position, self.position)

    @property
    def dose(self) -> Dose:
        return Dose(
            sets=self.sets,
            reps=self.reps,
            hold_from=self.hold_from,
            hold_to=self.hold_to,
            each_side=self.each_side,
        )

    @property
    def step_list(self) -> list[str]:
        return lines(self.steps)

    @property
    def caution_list(self) -> list[str]:
        return lines(self.cautions)

    @property
    def stop_list(self) -> list[str]:
        return lines(self.stop_if)

    @property
    def pictures(self) -> list[drawings.Picture]:
        """Start and end, those that exist. An uploaded picture wins over the drawing."""
        both = [
            self._picture("start", self.start_image, self.start_alt),
            self._picture("end", self.end_image, self.end_alt),
        ]
        return [picture for picture in both if picture]

    @property
    def moves(self) -> bool:
        """Whether its pictures are a drawing of ours, which shows the right side and can move."""
        return bool(self.drawing) and not (self.start_image_id or self.end_image_id)

    def _picture(self, phase: str, image: Any, alt: str) -> drawings.Picture | None:
        if image:
            return drawings.uploaded(image, alt=alt, phase=phase)
        if self.drawing:
            return drawings.drawing(f"{self.drawing}-{phase}", alt=alt, phase=phase)
        return None


class Reference(Translated, ReviewedSnippet):
    """A source: a number beside the claim, and in full at the end of the guide."""

    key = models.SlugField(_("key"), unique=True)
    authors = models.CharField(_("authors"), max_length=200)
    title = models.CharField(_("title"), max_length=300)
    source = models.CharField(_("where it appeared"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    doi = models.CharField(_("DOI"), max_length=120, blank=True)
    url = models.URLField(_("address"), blank=True, help_text=_("Only where there is no DOI."))
    kind = models.CharField(_("kind of evidence"), max_length=12, choices=Evidence)

    panels = [
        TranslationPanel(heading=_("Language")),
        FieldPanel("title"),
        FieldPanel("authors"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("year")]),
        FieldRowPanel([FieldPanel("doi"), FieldPanel("url")]),
        FieldPanel("kind"),
        FieldPanel("key"),
        ClaimPanel(heading=_("Who stands behind it")),
    ]

    objects = LibraryManager.from_queryset(TranslatedQuerySet)()

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["authors", "year"]
        constraints = one_translation("reference")

    def __str__(self) -> str:
        return f"{self.authors} {self.year}: {self.title}"

    @property
    def kind_label(self) -> str:
        return label(Evidence, self.kind)

    @property
    def link(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class GlossaryTerm(Translated, ReviewedSnippet, index.Indexed):
    """A word that is explained where it first appears in a guide."""

    key = models.SlugField(_("key"), unique=True)
    term = models.CharField(_("word"), max_length=60)
    also = models.CharField(
        _("other forms"), max_length=120, blank=True, help_text=_("Separated by commas.")
    )
    meaning = models.CharField(_("meaning"), max_length=250)

    panels = [
        TranslationPanel(heading=_("Language")),
        FieldPanel("term"),
        FieldPanel("also"),
        FieldPanel("meaning"),
        FieldPanel("key"),
        ClaimPanel(heading=_("Who stands behind it")),
    ]
    search_fields = [
        index.SearchField("term", boost=3),
        index.AutocompleteField("term"),
        index.SearchField("also"),
        index.SearchField("meaning"),
        index.FilterField("live"),
        index.FilterField("id"),
    ]

    objects = TranslatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("glossary word")
        verbose_name_plural = _("glossary words")
        ordering = ["term"]
        constraints = [
            *one_translation("glossaryterm"),
            models.UniqueConstraint(
                fields=["term", "written_in"],
                name="glossaryterm_word_once_a_language",
                violation_error_message=_("This word is there already."),
            ),
        ]

    def __str__(self) -> str:
        return self.term

    @property
    def forms(self) -> list[str]:
        """The word and its other forms, longest first, so that `hip bone` wins over `hip`."""
        found = [self.term, *(form.strip() for form in self.also.split(",") if form.strip())]
        return sorted(found, key=len, reverse=True)
