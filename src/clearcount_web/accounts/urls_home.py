"""The start page of the staff door."""

from __future__ import annotations

from django.urls import path

from clearcount_web.accounts import views

urlpatterns = [path("", views.home, name="home")]
