#!/usr/bin/env bash
# Puts the tool into a folder of its own, for action.yml: the same commit as the action, unless PACKAGE names another.
# Wants: PYTHON (3.11 or later), PACKAGE (what pip installs, or nothing), HOME_OF_TOOL (the folder), GITHUB_ACTION_PATH.
set -euo pipefail

if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "::error::provisioner needs Python 3.11 or later, and \`$PYTHON\` is none; run actions/setup-python before it" >&2
  exit 1
fi
"$PYTHON" -m venv "$HOME_OF_TOOL"
"$HOME_OF_TOOL/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$GITHUB_ACTION_PATH/constraints.txt" "${PACKAGE:-${GITHUB_ACTION_PATH}[postgres]}"
"$HOME_OF_TOOL/bin/provisioner" --version
