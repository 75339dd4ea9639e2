#!/usr/bin/env bash
# Writes the locks anew: exact versions with hashes, and no address of any index.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
  .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --no-header --no-annotate --quiet --output-file "$@" >/dev/null
}
lock requirements/core.lock
lock requirements/dev.lock --extra fast --extra reading --extra collate --extra postgres --extra web --extra dev
