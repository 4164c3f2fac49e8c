"""The tables of plans, from one place."""

from plans.models.outcomes import FollowUp, Outcome
from plans.models.plans import Plan, PlanEvent, PlanExercise, PlanTemplate
from plans.models.sharing import ShareConsent, SharedDay

__all__ = [
    "FollowUp",
    "Outcome",
    "Plan",
    "PlanEvent",
    "PlanExercise",
    "PlanTemplate",
    "ShareConsent",
    "SharedDay",
]
