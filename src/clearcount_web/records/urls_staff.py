"""Addresses of the data room. An export is named by a key and never by its name."""

from __future__ import annotations

from django.urls import path

from clearcount_web.records import views, views_living

app_name = "records"
urlpatterns = [
    path("", views.index, name="index"),
    path("inbox/<slug:key>/", views.export, name="export"),
    path("imports/<int:intake_id>/", views.intake, name="intake"),
    path("imports/<int:intake_id>/put-aside", views.put_aside, name="put-aside"),
    path("snapshots/<int:number>/", views.snapshot, name="snapshot"),
    path("snapshots/<int:number>/values/", views.values, name="values"),
    path("answers/", views_living.index, name="answers"),
    path("answers/<int:recount_id>/", views_living.one, name="answer"),
]
