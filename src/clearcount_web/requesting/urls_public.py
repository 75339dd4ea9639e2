"""The address of the request form: one, because its steps carry what was typed."""

from __future__ import annotations

from django.urls import path

from clearcount_web.requesting import views

app_name = "requesting"
urlpatterns = [path("", views.start, name="start")]
