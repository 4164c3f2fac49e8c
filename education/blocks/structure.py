"""Sections with a heading, and which blocks each may hold."""

from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from education.blocks import clinical, film, text


class ContentBlock(blocks.StreamBlock):
    """The blocks of a guide's section."""

    paragraph = text.ParagraphBlock()
    figure = text.FigureBlock()
    film = film.FilmBlock()
    muscle_facts = clinical.MuscleFactsBlock()
    care_card = clinical.CareCardBlock()
    warning = text.WarningBlock()
    do = text.DoBlock()
    dont = text.DontBlock()
    expander = text.ExpanderBlock()
    exercise = clinical.ExerciseBlock()
    routine = clinical.RoutineBlock()
    action_link = text.ActionLinkBlock()
    references = clinical.ReferencesBlock()


class SectionValue(blocks.StructValue):
    @cached_property
    def anchor(self) -> str:
        """Its id in the page, from its heading."""
        return slugify(self["heading"])


class SectionBlock(blocks.StructBlock):
    """A heading and what belongs under it."""

    heading = blocks.CharBlock(max_length=100, label=_("Heading"))
    content = ContentBlock(label=_("Content"))

    class Meta:
        icon = "title"
        label = _("Section")
        description = _("A heading with its text, pictures and exercises.")
        template = "education/blocks/section.html"
        value_class = SectionValue
        preview_value = {
            "heading": "What it does",
            "content": [
                (
                    "paragraph",
                    {"text": "<p>It bends your hip.</p>", "evidence": "", "references": []},
                )
            ],
        }


class PlainContentBlock(blocks.StreamBlock):
    """The blocks of an ordinary page's section."""

    paragraph = text.ParagraphBlock()
    figure = text.FigureBlock()
    film = film.FilmBlock()
    warning = text.WarningBlock()
    do = text.DoBlock()
    dont = text.DontBlock()
    expander = text.ExpanderBlock()
    action_link = text.ActionLinkBlock()


class PlainSectionBlock(SectionBlock):
    content = PlainContentBlock(label=_("Content"))

    class Meta:
        icon = "title"
        label = _("Section")
        template = "education/blocks/section.html"
        value_class = SectionValue
        preview_value = {
            "heading": "What we promise",
            "content": [("do", {"items": ["ask us whenever something is unclear"]})],
        }
