"""Addresses of background jobs."""

from __future__ import annotations

from django.urls import path

from clearcount_web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:job_id>/cancel", views.cancel_job, name="cancel"),
    path("<int:job_id>/retry", views.retry_job, name="retry"),
]
