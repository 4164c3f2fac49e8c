"""The parts of a guide. Heading levels follow from the structure; nobody chooses them."""

from education.blocks.clinical import (
    CareCardBlock,
    ExerciseBlock,
    MuscleFactsBlock,
    ReferencesBlock,
    RoutineBlock,
)
from education.blocks.film import FilmBlock
from education.blocks.structure import PlainSectionBlock, SectionBlock
from education.blocks.text import (
    ActionLinkBlock,
    DoBlock,
    DontBlock,
    ExpanderBlock,
    FigureBlock,
    ParagraphBlock,
    WarningBlock,
)

__all__ = [
    "ActionLinkBlock",
    "CareCardBlock",
    "DoBlock",
    "DontBlock",
    "ExerciseBlock",
    "ExpanderBlock",
    "FigureBlock",
    "FilmBlock",
    "MuscleFactsBlock",
    "ParagraphBlock",
    "PlainSectionBlock",
    "ReferencesBlock",
    "RoutineBlock",
    "SectionBlock",
    "WarningBlock",
]
