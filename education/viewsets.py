"""The library in the admin: exercises, references and glossary words."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from education.models import Exercise, GlossaryTerm, Reference


class ExerciseViewSet(SnippetViewSet):
    model = Exercise
    icon = "user"
    menu_label = _("Exercises")
    list_display = ["name", "kind", "position", "live", UpdatedAtColumn()]
    list_filter = ["kind", "position", "live"]
    copy_view_enabled = True


class ReferenceViewSet(SnippetViewSet):
    model = Reference
    icon = "openquote"
    menu_label = _("References")
    list_display = ["authors", "year", "title", "kind"]
    list_filter = ["kind"]
    search_fields = ["authors", "title", "source"]


class GlossaryTermViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = _("Glossary")
    list_display = ["term", "meaning", "live"]


class LibraryViewSet(SnippetViewSetGroup):
    """One menu entry for all that guides share."""

    items = (ExerciseViewSet, ReferenceViewSet, GlossaryTermViewSet)
    menu_label = _("Guide library")
    menu_icon = "clipboard-list"
    menu_order = 250
