"""The tables of education, one module per subject."""

from education.models.counts import HelpfulCount, ReadCount
from education.models.feedback import Missing
from education.models.guides import GuideIndexPage, GuidePage
from education.models.pages import HomePage, StandardPage
from education.models.review import ClinicalReviewTask
from education.models.seeds import SeedRecord
from education.models.snippets import Exercise, GlossaryTerm, Reference

__all__ = [
    "ClinicalReviewTask",
    "Exercise",
    "GlossaryTerm",
    "GuideIndexPage",
    "GuidePage",
    "HelpfulCount",
    "HomePage",
    "Missing",
    "ReadCount",
    "Reference",
    "SeedRecord",
    "StandardPage",
]
