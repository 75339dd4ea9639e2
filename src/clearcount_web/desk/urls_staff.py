"""Addresses of the start page and the administrator's pages."""

from __future__ import annotations

from django.urls import path

from clearcount_web.desk import views

urlpatterns = [
    path("", views.home, name="home"),
    path("audit/", views.audit, name="audit"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:job_id>/cancel", views.cancel_job, name="cancel_job"),
    path("jobs/<int:job_id>/retry", views.retry_job, name="retry_job"),
]
