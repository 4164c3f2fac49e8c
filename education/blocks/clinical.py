"""What only a guide has: muscle facts, care cards, exercises, routines and its sources."""

from typing import Any

from django.apps import apps
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from education.blocks.choices import WordBlock
from education.enums import CareLevel, Evidence
from education.guide.dose import Dose


class MusclePartBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=60, label=_("Name"))
    starts = blocks.CharBlock(max_length=160, label=_("Where it starts"))

    class Meta:
        icon = "list-ul"
        label = _("Part")


class MuscleFactsBlock(blocks.StructBlock):
    """The muscle in brief; also what search engines are told about it."""

    name = blocks.CharBlock(max_length=60, label=_("Muscle"))
    parts = blocks.ListBlock(MusclePartBlock(), default=[], label=_("Parts"))
    attaches = blocks.CharBlock(max_length=160, label=_("Where it attaches"))
    actions = blocks.ListBlock(
        blocks.CharBlock(max_length=160, label=_("Action")), label=_("What it does")
    )
    nerves = blocks.CharBlock(max_length=160, required=False, label=_("Nerves"))
    opposite = blocks.ListBlock(
        blocks.CharBlock(max_length=80, label=_("Muscle")), default=[], label=_("Opposing muscles")
    )
    evidence = WordBlock(choices=Evidence.choices, required=False, label=_("How sure is this"))
    references = blocks.ListBlock(
        SnippetChooserBlock("education.Reference", label=_("Reference")),
        default=[],
        label=_("References"),
    )

    class Meta:
        icon = "table"
        label = _("Muscle facts")
        description = _("Parts, where they start and end, what the muscle does, its nerves.")
        template = "education/blocks/muscle_facts.html"
        preview_value = {
            "name": "Iliopsoas",
            "parts": [{"name": "Psoas", "starts": "the low back"}],
            "attaches": "the thigh bone",
            "actions": ["Bends the hip"],
            "nerves": "The femoral nerve",
            "opposite": ["Gluteus maximus"],
            "evidence": Evidence.TEXTBOOK,
            "references": [],
        }


class CareCardBlock(blocks.StructBlock):
    """When to get help. Numbers and wording come from the clinic's settings, so they stay current."""

    level = WordBlock(choices=CareLevel.choices, label=_("Urgency"))
    heading = blocks.CharBlock(
        max_length=120, required=False, label=_("Heading"), help_text=_("End with “if”.")
    )
    items = blocks.ListBlock(blocks.TextBlock(max_length=250, label=_("Sign")), label=_("Signs"))
    short = blocks.TextBlock(
        max_length=700,
        required=False,
        label=_("In short"),
        help_text=_(
            "For the handout, where there is little room. Leave empty to print every sign."
        ),
    )
    advice = blocks.TextBlock(max_length=250, required=False, label=_("What to do"))

    class Meta:
        icon = "warning"
        label = _("Care card")
        description = _("Signs that need a doctor soon, help today, or an ambulance.")
        template = "education/blocks/care_card.html"
        preview_value = {
            "level": CareLevel.URGENT,
            "heading": "Get help today if:",
            "items": ["a joint is hot and swollen"],
            "short": "",
            "advice": "",
        }


class ExerciseValue(blocks.StructValue):
    @cached_property
    def dose(self) -> Dose:
        """The exercise's own dose with this guide's changes."""
        exercise = self.get("exercise")
        base = exercise.dose if exercise else Dose()
        names = ("sets", "reps", "hold_from", "hold_to")
        return base.override(**{name: self.get(name) for name in names})


class ExerciseBlock(blocks.StructBlock):
    """An exercise from the library, with another dose where this guide needs one."""

    exercise = SnippetChooserBlock("education.Exercise", label=_("Exercise"))
    sets = blocks.IntegerBlock(required=False, min_value=1, max_value=10, label=_("Rounds"))
    reps = blocks.IntegerBlock(required=False, min_value=1, max_value=50, label=_("Repeats"))
    hold_from = blocks.IntegerBlock(
        required=False, min_value=1, max_value=300, label=_("Hold, from (seconds)")
    )
    hold_to = blocks.IntegerBlock(
        required=False, min_value=1, max_value=300, label=_("Hold, to (seconds)")
    )

    class Meta:
        icon = "user"
        label = _("Exercise")
        description = _("An exercise from the library. Leave the numbers empty to keep its dose.")
        template = "education/blocks/exercise.html"
        value_class = ExerciseValue

    def get_preview_value(self) -> Any:
        """The first published exercise of the library, or a small unsaved one."""
        model = self.child_blocks["exercise"].model_class
        exercise = model.objects.filter(live=True).first() or model(
            key="example", name="Example", kind="stretch", position="lying", steps="Lie down."
        )
        return self.normalize({"exercise": exercise})


class RoutineBlock(blocks.StructBlock):
    """The exercises in the order to do them, and the way into practice mode."""

    introduction = blocks.CharBlock(max_length=250, required=False, label=_("Introduction"))
    exercises = blocks.ListBlock(ExerciseBlock(), label=_("Exercises"))

    class Meta:
        icon = "history"
        label = _("Routine")
        description = _("Exercises in order, with a link to practise them with a timer.")
        template = "education/blocks/routine.html"

    def get_preview_value(self) -> Any:
        return self.normalize(
            {
                "introduction": "Strengthen first, then stretch.",
                "exercises": [ExerciseBlock().get_preview_value()],
            }
        )


class ReferencesBlock(blocks.StaticBlock):
    """The place of the numbered list of sources, which fills itself."""

    class Meta:
        icon = "openquote"
        label = _("References")
        admin_text = _("All sources named on this page are listed here, numbered.")
        description = _("The list of sources. It fills itself from the paragraphs.")
        template = "education/blocks/references.html"
        preview_value = None

    def get_preview_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The first two sources of the library, or an invented one: a preview has no page."""
        model = apps.get_model("education", "Reference")
        sources = list(model.objects.all()[:2]) or [
            model(authors="A. Author", title="What we read", year=2024, kind=Evidence.TEXTBOOK)
        ]
        return (parent_context or {}) | {"guide": {"references": sources}}
