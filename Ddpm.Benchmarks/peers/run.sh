#!/usr/bin/env bash
# compare-sampling beside the same network in PyTorch and in ONNX Runtime, turn by turn: peers/run.sh [small|paper] [batches] [turns] [--json FILE]
# PyTorch: the Python named by PYTHON, else the first of these that has torch. ONNX Runtime: the package that NuGet has, the network as PyTorch
# exports it. What there is not is said and left out.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
network=${1:-small} batches=${2:-1,4,16} work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
peers=()

has_torch() { "$1" -c 'import torch' 2>/dev/null; }
for python in "${PYTHON:-}" python3 /usr/bin/python3; do
    [[ -n $python ]] && has_torch "$python" && break
    python=
done
if [[ -z $python ]]; then
    echo "No Python with torch was found (apt-get install python3-torch, or PYTHON=...): PyTorch and ONNX Runtime are left out." >&2
else
    version=$("$python" -c 'import torch; print(torch.__version__)')
    for layout in nchw channels_last; do
        for precision in float32 bfloat16; do
            peers+=(--peer "$precision:PyTorch $version, $layout=$python $here/pytorch.py $layout")
        done
    done
    if "$python" -c 'import torch; torch.compile' 2>/dev/null; then
        peers+=(--peer "float32:PyTorch $version, compiled=$python $here/pytorch.py channels_last,compile")
    fi
    if dotnet build "$here/OnnxRuntime" -c Release -v quiet -nologo -o "$work/runtime" >"$work/build" 2>&1; then
        for batch in ${batches//,/ }; do
            "$python" "$here/export_onnx.py" "$network" "$batch" "$work/$network-$batch.onnx" >"$work/export" 2>&1 || { cat "$work/export" >&2; exit 1; }
        done
        peers+=(--peer "float32:ONNX Runtime=dotnet $work/runtime/OnnxRuntime.dll $work")
    else
        echo "ONNX Runtime is left out, as its program cannot be built:" >&2
        tail -n 3 "$work/build" >&2
    fi
fi
dotnet build "$here/.." -c Release -v quiet -nologo >"$work/build" 2>&1 || { cat "$work/build" >&2; exit 1; }
dotnet run --no-build -c Release --project "$here/.." -- compare-sampling "$@" "${peers[@]}"
