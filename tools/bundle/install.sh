#!/bin/sh
# Installs clearcount from this folder: sh install.sh TARGET. Another Python: PYTHON=python3.12 sh install.sh TARGET
exec "${PYTHON:-python3}" "$(dirname "$0")/install.py" "$@"
