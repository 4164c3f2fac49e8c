"""Base classes of what goes live through clinical review."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.apps import apps
from django.utils.functional import cached_property
from django.utils.translation import gettext
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import DraftStateMixin, Page, PreviewableMixin, RevisionMixin, WorkflowMixin

from clinic.review import files, sign_offs
from clinic.review.authorship import may_skip_review
from clinic.review.text import fingerprint


class Reviewed:
    """Goes live through clinical review alone. First base of a page or snippet with a workflow."""

    check_order = 9
    """Where it stands among others that a clinician has to check: the lower, the earlier."""

    def publish(self, revision: Any, user: Any = None, **options: Any) -> Any:
        """Refuse a person's unsigned text, whichever way they came. The site itself has no user.

        Raises `PublishPermissionError`.
        """
        if user is not None and not self.may_publish(user, revision):
            raise PublishPermissionError("This goes live through clinical review.")
        return super().publish(revision, user=user, **options)  # type: ignore[misc]

    def may_publish(self, user: Any, revision: Any) -> bool:
        if may_skip_review(user, self):
            return True
        newest = sign_offs.of(self).first()
        if not newest or newest.fingerprint != fingerprint(revision.content):
            return False
        return files.unchanged(newest.files, files.hashes(newest.files or ()))

    @classmethod
    def to_be_checked(cls) -> Any:
        """The rows that a clinician is to check once a year: what visitors see."""
        return cls._default_manager.filter(live=True)  # type: ignore[attr-defined]

    @cached_property
    def claim(self) -> sign_offs.Claim | None:
        """Who signed this text; None where nobody did."""
        return sign_offs.claim(self)

    # For reports and lists.
    @property
    def signed_by(self) -> str:
        return self.claim.sign_off.who if self.claim else ""

    @property
    def signed_on(self) -> date | None:
        return self.claim.sign_off.signed_on if self.claim else None

    @property
    def review_due(self) -> date | None:
        return self.claim.sign_off.next_review if self.claim else None

    @property
    def what_is_signed(self) -> str:
        """In words, how much of this text somebody has signed."""
        if not self.claim:
            return gettext("Nobody has signed this text")
        if self.claim.is_whole:
            return gettext("All of it")
        return gettext("Changed since: %(names)s") % {"names": self.claim.changed_names}

    @property
    def needs_check(self) -> bool:
        """Nobody signed this text, its review is due, or something that it shows changed since."""
        return not self.claim or self.claim.sign_off.is_overdue or not self.claim.is_whole

    @property
    def review_label(self) -> str:
        """Its name among the parts of what shows it."""
        return sign_offs.label(self)

    def reviewed_parts(self) -> Iterable[Any]:
        """Other reviewed things that are shown inside this one, as they are now."""
        return ()

    def named_texts(self, text: dict[str, Any]) -> dict[str, Any]:
        """A text in the pieces by which to say what changed: by default its fields."""
        fields = {field.name: field for field in self._meta.get_fields()}  # type: ignore[attr-defined]
        named = {str(getattr(fields.get(name), "verbose_name", name)): name for name in text}
        return {title[:1].upper() + title[1:]: text[name] for title, name in named.items()}


class ReviewedSnippet(Reviewed, WorkflowMixin, DraftStateMixin, RevisionMixin, PreviewableMixin):
    """Drafts, history, clinical review and preview, for health content outside the page tree."""

    class Meta:
        abstract = True

    def get_preview_template(self, request: object, mode_name: str) -> str:
        return f"{self._meta.app_label}/previews/{self._meta.model_name}.html"


def reviewed_models() -> list[type[Any]]:
    """Every model that goes through review, pages first."""
    found = [model for model in apps.get_models() if issubclass(model, Reviewed)]
    return sorted(found, key=lambda model: (not issubclass(model, Page), model._meta.label))


def reviewed_snippets() -> list[type[Any]]:
    return [model for model in reviewed_models() if not issubclass(model, Page)]
