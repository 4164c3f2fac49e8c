"""Safety questions for tests."""

from bookings.forms import safety
from bookings.models import SafetyQuestions

WHY = {
    "reason": "tight",
    "reason_text": "The hip or the front of the thigh feels tight",
    "side": "left",
    "goal": "sit",
    "goal_text": "Sit with less stiffness",
    "note": "",
}
"""What a draft holds of what somebody comes for."""


def hip_questions() -> SafetyQuestions:
    """Those that every site begins with."""
    return SafetyQuestions.objects.get(translation_of=None, name="Hip and low back")


def group(key="knee", level="urgent", question="A knee that locks", **sign):
    signs = [{"text": question, "days": None, "source": ""} | sign]
    return {"key": key, "question": question, "level": level, "signs": signs}


def make_questions(*groups, **fields) -> SafetyQuestions:
    """Of a knee service, published; without groups, an emergency and something urgent."""
    groups = groups or (group("cannot-stand", "emergency", "Cannot stand on the leg"), group())
    values = {
        "name": "Knee",
        "live": True,
        "groups": [("group", one) for one in groups],
        "reasons": [("option", {"key": "knee", "text": "The knee hurts"})],
        "goals": [("option", {"key": "kneel", "text": "Kneel again"})],
    }
    return SafetyQuestions.objects.create(**(values | fields))


def ticked(*flags, **changes):
    """What the draft holds of a visitor who ticked these boxes."""
    return safety.answered(hip_questions().as_shown(), flags, []) | changes
