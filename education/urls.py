from django.urls import path

from education import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("guides/helpful/<int:pk>/", views.helpful, name="helpful"),
    path("guides/missing/<int:pk>/", views.missing, name="missing"),
    path("guides/read/<int:pk>/<slug:kind>/", views.read, name="read"),
    path("share/<int:pk>.png", views.share_picture, name="share-picture"),
    path("guides/sw.js", views.guides_worker, name="guides-worker"),
]
