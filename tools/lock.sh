#!/usr/bin/env bash
# Writes the locks anew: exact versions with hashes, and no address of any index.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
  .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --no-header --no-annotate --quiet --output-file "$@" >/dev/null
}
lock requirements/core.lock pyproject.toml
lock requirements/dev.lock pyproject.toml --extra fast --extra reading --extra collate --extra postgres --extra web --extra dev
# What the offline bundle installs: every extra but Spark and Oracle, and pip, which installs it. Versions are the tested ones.
echo pip | lock requirements/install.lock pyproject.toml - --constraint requirements/dev.lock \
  --extra fast --extra reading --extra collate --extra postgres --extra mssql --extra web
# What makes the bundle and is no part of it: the build backend and the library of CycloneDX, with its schema check.
printf 'hatchling\ncyclonedx-python-lib[json-validation]\n' | lock requirements/bundle-tools.lock -
# apart: PySpark asks for an older pandas than the other extras
lock requirements/spark.lock pyproject.toml --constraint requirements/core.lock --extra spark --extra sail --extra dev
