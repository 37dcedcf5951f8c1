#!/usr/bin/env bash
# Mutation run over the rating room, in a tree of its own: mutmut names modules after a folder called src.
#   mutation.sh [PATTERN …]     e.g. 'kwit.rating.volume*'; without one all of the room
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=${TREE:-.kwit/mutation}
bin=$PWD/.venv/bin
version=3.8.1
[ -x "$bin/mutmut" ] || .kwit/uv/bin/uv pip install --quiet --python "$bin/python" "mutmut==$version"
mkdir -p "$tree"
rm -rf "$tree"/{src,tests,events,templates,verifier,docs,infra,functions,benchmarks}
cp -r shared "$tree/src"
cp -r tests events templates verifier docs infra functions benchmarks "$tree/"
sed -E 's/^pythonpath = .*/pythonpath = ["src", "."]/' pyproject.toml > "$tree/pyproject.toml"
cat >> "$tree/pyproject.toml" <<'TOML'

[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/kwit/rating/*.py"]
also_copy = ["events", "templates", "verifier", "docs", "infra", "functions", "benchmarks", "src"]
pytest_add_cli_args = ["-p", "no:xdist", "-p", "no:cacheprovider", "-x", "--hypothesis-profile=mutants"]
pytest_add_cli_args_test_selection = ["tests/rating", "tests/quotes/test_published_quotes.py::TestThePublishedBills::test_come_out_as_printed"]
TOML
cd "$tree"
PYTHONDONTWRITEBYTECODE=1 "$bin/mutmut" run --max-children "${CHILDREN:-2}" "$@" < /dev/null | tr '\r' '\n' | tail -n 3
"$bin/mutmut" results | tee survivors.txt | tail -n 5
