#!/bin/sh
# Make a virtual environment from a file of exact pins, with uv where it is installed.
# usage: install_environment.sh FOLDER REQUIREMENTS PYTHON...
# The first of the interpreters that can install the pins is taken.
set -eu

folder=$1
requirements=$2
shift 2

# pandas 1.5 has no build for Python 3.12 and newer; the rest needs 3.11.
case $requirements in
*abagen*) suits='(3, 9) <= sys.version_info[:2] <= (3, 11)' wanted='3.9 to 3.11' ;;
*) suits='sys.version_info[:2] >= (3, 11)' wanted='3.11 or newer' ;;
esac

python=
for candidate in "$@"; do
    if "$candidate" -c "import sys; sys.exit(not ($suits))" 2>/dev/null; then
        python=$candidate
        break
    fi
done

rm -rf "$folder"
if command -v uv >/dev/null; then
    uv venv --quiet --python "${python:-3.11}" "$folder"
    uv pip install --quiet --python "$folder/bin/python" -r "$requirements"
elif [ -n "$python" ]; then
    "$python" -m venv "$folder"
    "$folder/bin/pip" install --quiet -r "$requirements"
else
    echo "error: $requirements needs Python $wanted, found none among: $*;" \
        "install one (or uv, which brings its own) and name it: make PYTHON=python3.11" >&2
    exit 1
fi
touch "$folder/installed"
