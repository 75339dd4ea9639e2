"""Addresses of the fixed pages."""

from __future__ import annotations

from django.urls import path

from clearcount_web.site import views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("leave", views.leave, name="leave"),
    path("leaving/", views.leaving, name="leaving"),
    path("leaving/escape", views.escape_key, name="escape"),
    path("stay-safe-online/", views.stay_safe, name="stay_safe"),
    path("cookies/", views.cookies_page, name="cookies"),
    path("feedback/", views.feedback, name="feedback"),
    path("feedback/thanks/", views.thanks, name="thanks"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/complaint/", views.complaint, name="complaint"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("contact/", views.contact, name="contact"),
    path("sitemap.xml", views.sitemap_xml, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
