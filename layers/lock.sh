#!/usr/bin/env bash
# Pin every layer again: <layer>/requirements.in -> <layer>/requirements.txt, with hashes,
# for the runtime the functions run on (arm64, Python 3.14) and the versions of requirements.lock.
set -euo pipefail
cd "$(dirname "$0")"
overrides=$(mktemp)
trap 'rm -f "$overrides"' EXIT
# num2words needs docopt for its command line alone, and docopt has no wheel.
echo "docopt ; sys_platform == 'never'" > "$overrides"
for layer in common pdf excel ksef; do
    ../.kwit/uv/bin/uv pip compile "$layer/requirements.in" --constraint ../requirements.lock --override "$overrides" \
        --python-version 3.14 --python-platform aarch64-manylinux_2_28 --only-binary :all: \
        --generate-hashes --no-header --no-annotate --quiet --output-file "$layer/requirements.txt"
done
