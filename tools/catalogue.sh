#!/usr/bin/env bash
# Writes the translator's catalogue anew from the words of the public site (needs GNU gettext). Translations are kept.
set -euof pipefail
cd "$(dirname "$0")/../src/clearcount_web"
mkdir -p locale
staff=(accounts audit backups cases correspondence desk jobs occurrences platform project publishing review triage)
"${DJANGO_ADMIN:-../../.venv/bin/django-admin}" makemessages --locale cy --add-location file --no-obsolete --verbosity 0 \
  $(printf -- '--ignore %s/* ' "${staff[@]}") --ignore '*/static/*' --ignore 'ground/templates/ground/staff/*'
# A date of making would make every run another file.
sed -i -e '1,3{/^#, fuzzy$/d}' -e 's/^"Language: .*/"Language: cy\\n"/' -e '/^"POT-Creation-Date:/d' -e 's/^"Project-Id-Version: .*/"Project-Id-Version: clearcount\\n"/' \
  -e '/^# SOME DESCRIPTIVE/,/^#$/d' -e '/^"Report-Msgid-Bugs-To/d' -e '/^"PO-Revision-Date/d' -e '/^"Last-Translator/d' \
  -e '/^"Language-Team/d' locale/cy/LC_MESSAGES/django.po
