"""Addresses of casework. A case is named by its number, never by a word of it."""

from __future__ import annotations

from django.urls import path

from clearcount_web.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.index, name="index"),
    path("backlog/", views.backlog, name="backlog"),
    path("due-days.ics", views.due_days, name="due-days"),
    path("new/", views.new, name="new"),
    path("new/form/<str:reference>/", views.take, name="take"),
    path("<int:case_id>/", views.case, name="case"),
    path("<int:case_id>/applicant/", views.applicant, name="applicant"),
    path("<int:case_id>/do/<str:act>/", views.act, name="act"),
]
