#!/usr/bin/env bash
# Everything that a new machine needs, in .venv: idempotent, and quick the second time.
#
# torch comes first, so that nothing pulls another build of it. llama-cpp-python has no wheels and compiles for some minutes: it is
# built once, beside the other installations, and its wheel kept in ~/.cache/loramake/wheels.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
extras=${EXTRAS:-dev,slurm}
wheels=${LORAMAKE_WHEELS:-${XDG_CACHE_HOME:-$HOME/.cache}/loramake/wheels}
llama=$(sed -n 's/^llama_cpp_python==//p' envs/constraints.txt)
say() { printf 'setup: %s\n' "$*"; }

stamp="$(cat pyproject.toml envs/constraints.txt envs/setup.sh | cksum) $extras $PWD"
[ "$(cat .venv/ready 2>/dev/null || true)" = "$stamp" ] && exit 0

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  say "Python 3.11 or newer is needed; $("$python" --version) is here"
  say "name another one: make PYTHON=python3.12"
  exit 1
}
[ -x .venv/bin/python ] || "$python" -m venv .venv
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }

builder=
if ! ls "$wheels"/llama_cpp_python-"$llama"-*.whl >/dev/null 2>&1; then
  command -v c++ >/dev/null || {
    say "a C++ compiler is needed for GGUF (llama-cpp-python): on Debian, apt-get install build-essential"
    exit 1
  }
  say "compiling llama-cpp-python $llama beside the rest: some minutes, once; its wheel is kept in $wheels"
  mkdir -p "$wheels" build
  CMAKE_ARGS="-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF" pip wheel --quiet --no-deps --wheel-dir "$wheels" \
    "llama-cpp-python==$llama" >build/llama.log 2>&1 &
  builder=$!
fi

say "installing torch"
pip install --quiet -c envs/constraints.txt torch
say "installing loramake and what it needs"
pip install --quiet -c envs/constraints.txt -e ".[$extras]"
if [ -n "$builder" ]; then
  say "waiting for llama-cpp-python to compile"
  wait "$builder" || {
    tail -20 build/llama.log
    say "llama-cpp-python did not compile; the whole log is build/llama.log"
    exit 1
  }
fi
pip install --quiet -c envs/constraints.txt --find-links "$wheels" "llama-cpp-python==$llama"
printf '%s' "$stamp" >.venv/ready
say "ready"
