"""Addresses of the disclosure log. They are permanent: never change a pattern without a redirect."""

from __future__ import annotations

from django.urls import path

from clearcount_web.disclosure_log import views

app_name = "disclosure_log"
urlpatterns = [
    path("", views.releases, name="list"),
    path("feed.atom", views.atom, name="atom"),
    path("feed.json", views.json_feed, name="json_feed"),
    path("<slug:slug>/", views.release, name="release"),
    path("<slug:slug>/versions/<int:number>/", views.version, name="version"),
    path("<slug:slug>/versions/<int:number>/<str:name>", views.file, name="file"),
]
