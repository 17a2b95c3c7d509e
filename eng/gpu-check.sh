#!/usr/bin/env bash
# Packs the check of a GPU (eng/GpuCheck) into one file of less than 40 MB, which runs on Linux without .NET, beside the libraries of an installed
# PyTorch: eng/gpu-check.sh [FILE]. FILE is artifacts/gpu-check.tar.xz unless given. docs/gpu.md says what it prints.
# TRY=folder unpacks the file somewhere else and runs it on the CPU, with the libtorch of that folder.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$(dirname "${1:-$root/artifacts/gpu-check.tar.xz}")"
file=$(cd "$(dirname "${1:-$root/artifacts/gpu-check.tar.xz}")" && pwd)/$(basename "${1:-gpu-check.tar.xz}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

dotnet publish "$root/eng/GpuCheck" -c Release --nologo -v quiet -r linux-x64 --self-contained -p:TorchBackend=none -p:DebugType=none \
    --artifacts-path "$work/build" -o "$work/gpu-check"
cat > "$work/gpu-check/run" <<'RUN'
#!/usr/bin/env bash
# With the libraries of the PyTorch that python3 has, unless LD_LIBRARY_PATH names some. Every argument goes on: run --help.
set -euo pipefail
[ -n "${LD_LIBRARY_PATH:-}" ] || LD_LIBRARY_PATH=$(python3 -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])")/lib ||
    { echo "There is no PyTorch: set LD_LIBRARY_PATH to the folder that holds libtorch.so." >&2; exit 2; }
export LD_LIBRARY_PATH
exec "$(dirname "$0")/GpuCheck" "$@"
RUN
chmod +x "$work/gpu-check/run"
# The same sources make the same bytes.
tar --sort=name --owner=0 --group=0 --mtime=@0 -C "$work" -cf - gpu-check | xz -6 -T0 > "$file"
size=$(stat -c %s "$file")
[ "$size" -lt 40000000 ] || fail "$file must have less than 40,000,000 bytes, but has $size"
echo "$size bytes: $file"

[ -n "${TRY:-}" ] || exit 0
mkdir "$work/elsewhere"
tar -xf "$file" -C "$work/elsewhere"
cd "$work/elsewhere"
LD_LIBRARY_PATH=$TRY gpu-check/run --device cpu
