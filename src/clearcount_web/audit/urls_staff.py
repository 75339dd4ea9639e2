"""Addresses of the audit."""

from __future__ import annotations

from django.urls import path

from clearcount_web.audit import views

app_name = "audit"
urlpatterns = [path("", views.listing, name="list")]
