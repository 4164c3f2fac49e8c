"""The admin's form of an exercise."""

from typing import Any

from django.utils.translation import gettext
from wagtail.admin.forms.models import WagtailAdminModelForm


class ExerciseForm(WagtailAdminModelForm):
    """A draft may wait for the words of its pictures; what is sent in or published has them."""

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        if not self.is_deferred_validation:
            for phase in ("start", "end"):
                if data.get(f"{phase}_image") and not data.get(f"{phase}_alt"):
                    self.add_error(f"{phase}_alt", gettext("Say in words what the picture shows."))
        return data
