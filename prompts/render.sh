#!/bin/sh
# Renders the prompts that have changed and reads all of them back (prompts/README.md). Arguments go to render.py.
set -eu
cd "$(dirname "$0")/.."
environment=.build/prompts-environment
[ -x "$environment/bin/pip" ] || python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --requirement prompts/requirements.txt
exec env OMP_NUM_THREADS=1 nice -n 10 "$environment/bin/python" -B prompts/tools/render.py "$@"
