"""The parts a guide is built from. Nobody types a heading level: it follows from the structure."""

from education.blocks.clinical import (
    CareCardBlock,
    ExerciseBlock,
    MuscleFactsBlock,
    ReferencesBlock,
    RoutineBlock,
)
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
    "MuscleFactsBlock",
    "ParagraphBlock",
    "PlainSectionBlock",
    "ReferencesBlock",
    "RoutineBlock",
    "SectionBlock",
    "WarningBlock",
]
