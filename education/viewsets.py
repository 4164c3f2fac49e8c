"""The library in the admin: exercises, references and glossary words."""

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import LiveStatusTagColumn, UpdatedAtColumn
from wagtail.models import WorkflowState
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from clinic.columns import LabelledColumn, SeldomColumn
from clinic.review import sign_offs
from education.models import Exercise, GlossaryTerm, Reference


def status() -> LiveStatusTagColumn:
    return LiveStatusTagColumn(label=_("Status"))


def signed() -> LabelledColumn:
    return LabelledColumn("what_is_signed", label=_("What is signed"))


def translation() -> list[LabelledColumn]:
    """In which language an entry is, and whether it still says what its original says."""
    if len(settings.LANGUAGES) == 1:
        return []
    return [
        LabelledColumn("language_name", label=_("Language")),
        SeldomColumn("translation_state", label=_("Translation")),
    ]


class EntryFilterSet(WagtailFilterSet):
    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=settings.LANGUAGES, method="in_language"
    )
    translation = django_filters.ChoiceFilter(
        label=_("Translation"),
        choices=[("behind", _("Behind its original"))],
        method="behind_original",
    )

    def in_language(self, rows: Any, name: str, language: str) -> Any:
        return rows.written_in(language)

    def behind_original(self, rows: Any, name: str, value: str) -> Any:
        return rows.behind()


class ExerciseFilterSet(EntryFilterSet):
    class Meta:
        model = Exercise
        fields = ["kind", "position", "live"]


class ReferenceFilterSet(EntryFilterSet):
    class Meta:
        model = Reference
        fields = ["kind"]


class GlossaryTermFilterSet(EntryFilterSet):
    class Meta:
        model = GlossaryTerm
        fields = ["live"]


class EntryIndexView(IndexView):
    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """The sign-offs of a page of rows are read at once."""
        paginated = super().paginate_queryset(queryset, page_size)
        sign_offs.read_for(paginated[2])
        return paginated


class EntryViewSet(SnippetViewSet):
    index_view_class = EntryIndexView

    def get_queryset(self, request: HttpRequest) -> Any:
        in_review = Prefetch(
            "_workflow_states", WorkflowState.objects.active(), to_attr="_current_workflow_states"
        )
        rows = self.model._default_manager.select_related("translation_of")
        return rows.prefetch_related(in_review)  # as pages do; what their status in words asks for

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """On a phone each row becomes a card (staff.css): columns would be too narrow."""
        shown = {"table_classname": "listing desk-table"}
        return dict(super().get_index_view_kwargs(**kwargs)) | shown


class ExerciseViewSet(EntryViewSet):
    model = Exercise
    icon = "list-ol"
    menu_label = _("Exercises")
    list_display = [
        "name",
        "kind",
        "position",
        *translation(),
        status(),
        signed(),
        UpdatedAtColumn(),
    ]
    filterset_class = ExerciseFilterSet
    copy_view_enabled = True


class ReferenceViewSet(EntryViewSet):
    model = Reference
    icon = "openquote"
    menu_label = _("References")
    list_display = ["authors", "year", "title", "kind", *translation(), status(), signed()]
    filterset_class = ReferenceFilterSet
    search_fields = ["authors", "title", "source"]


class GlossaryTermViewSet(EntryViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = _("Glossary")
    list_display = ["term", "meaning", *translation(), status(), signed()]
    filterset_class = GlossaryTermFilterSet


class LibraryViewSet(SnippetViewSetGroup):
    """One menu entry for everything that guides share."""

    items = (ExerciseViewSet, ReferenceViewSet, GlossaryTermViewSet)
    menu_label = _("Guide library")
    menu_icon = "clipboard-list"
    menu_order = 250
