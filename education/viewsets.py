"""The library in the admin: exercises, references and glossary words."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import LiveStatusTagColumn, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from clinic.columns import LabelledColumn
from education.models import Exercise, GlossaryTerm, Reference


def status() -> LiveStatusTagColumn:
    return LiveStatusTagColumn(label=_("Status"))


def signed() -> LabelledColumn:
    return LabelledColumn("what_is_signed", label=_("What is signed"))


class EntryViewSet(SnippetViewSet):
    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """On a phone each row becomes a card (staff.css): columns would be too narrow."""
        shown = {"table_classname": "listing desk-table"}
        return dict(super().get_index_view_kwargs(**kwargs)) | shown


class ExerciseViewSet(EntryViewSet):
    model = Exercise
    icon = "list-ol"
    menu_label = _("Exercises")
    list_display = ["name", "kind", "position", status(), signed(), UpdatedAtColumn()]
    list_filter = ["kind", "position", "live"]
    copy_view_enabled = True


class ReferenceViewSet(EntryViewSet):
    model = Reference
    icon = "openquote"
    menu_label = _("References")
    list_display = ["authors", "year", "title", "kind", status(), signed()]
    list_filter = ["kind"]
    search_fields = ["authors", "title", "source"]


class GlossaryTermViewSet(EntryViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = _("Glossary")
    list_display = ["term", "meaning", status(), signed()]


class LibraryViewSet(SnippetViewSetGroup):
    """One menu entry for everything that guides share."""

    items = (ExerciseViewSet, ReferenceViewSet, GlossaryTermViewSet)
    menu_label = _("Guide library")
    menu_icon = "clipboard-list"
    menu_order = 250
