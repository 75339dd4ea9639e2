"""Addresses of requests, complaints and feedback."""

from __future__ import annotations

from django.urls import path

from clearcount_web.correspondence import views

app_name = "correspondence"
urlpatterns = [
    path("", views.index, name="index"),
    path("complaints/<str:reference>/acknowledge", views.acknowledge_complaint, name="acknowledge"),
    path("complaints/<str:reference>/close", views.close_complaint, name="close"),
    path("requests/", views.requests, name="requests"),
    path("requests/<str:reference>/take", views.take_request, name="take"),
]
