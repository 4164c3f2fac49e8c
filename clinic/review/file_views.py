"""The admin's pages that delete a picture or a document: each refuses for what is shown."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from wagtail import hooks
from wagtail.documents.views.documents import DeleteView as DeleteDocument
from wagtail.images.views.images import DeleteView as DeleteImage

from clinic.review.files import in_use


class KeepsUsed:
    """Before anything is asked: with "used in …", and the page where one sees it."""

    object: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.user_has_permission("delete") and (reason := in_use(self.object)):  # type: ignore[attr-defined]
            messages.error(request, reason)
            return redirect(self.object.usage_url)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class DeleteUnusedImage(KeepsUsed, DeleteImage):
    pass


class DeleteUnusedDocument(KeepsUsed, DeleteDocument):
    pass


@hooks.register("register_admin_urls", order=-1)
def before_wagtails_own() -> list[Any]:
    return [
        path("images/<int:image_id>/delete/", DeleteUnusedImage.as_view()),
        path("documents/delete/<int:document_id>/", DeleteUnusedDocument.as_view()),
    ]
