#!/usr/bin/env bash
# Make .venv from the lock file: uv (pinned) when pip can bring it, plain pip otherwise.
# Needs python3 (3.11 or newer) with its venv module, nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
uv_version=0.13.9
stamp=.venv/.installed

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "kWit needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1)." >&2; exit 1; }

wanted=$(cat requirements.lock pyproject.toml "$0" | sha256sum | cut -d' ' -f1)-$("$python" -c 'import sys; print(sys.executable, sys.version_info[:3])' | tr -d '\n')
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0

# Debian ships ensurepip in a package of its own.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv
    else
        echo "Python's venv module is incomplete. Run: sudo apt-get install python3-venv" >&2; exit 1
    fi
fi

rm -rf .venv
if [ ! -x .kwit/uv/bin/uv ]; then
    "$python" -m venv .kwit/uv
    .kwit/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version" || true
fi
if [ -x .kwit/uv/bin/uv ]; then
    uv=.kwit/uv/bin/uv
    "$uv" venv --quiet --python "$python" .venv
    "$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
    "$uv" pip install --quiet --python .venv/bin/python --no-deps --editable .
else
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
fi
printf '%s' "$wanted" > "$stamp"
