"""Where the guide plugs into the admin."""

from wagtail.snippets.models import register_snippet

from education.viewsets import LibraryViewSet

register_snippet(LibraryViewSet)
