"""Addresses of the report, on the public door only."""

from __future__ import annotations

from django.urls import path

from clearcount_web.reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.start, name="start"),
    path("<int:step>", views.step, name="step"),
    path("now", views.danger, name="danger"),
    path("help", views.under_18, name="under-18"),
    path("check", views.check, name="check"),
    path("done", views.sent, name="sent"),
    path("reach", views.reach, name="reach"),
    path("stay", views.stay, name="stay"),
    path("code", views.follow_up, name="code"),
]
