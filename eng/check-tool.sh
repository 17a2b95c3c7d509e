#!/usr/bin/env bash
# Uses the program ddpm as people outside this repository would: packs it, installs it into a folder of its own, trains a tiny model, repeats the
# training from the configuration that it wrote, and draws from the model. Prints what each took, and "tool ok".
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
# A version of its own, so that no cached package of an earlier run is taken instead.
version="0.0.0-check.$(date +%s)"
trap 'rm -rf "$work" "$HOME"/.nuget/packages/ddpm*/"$version"' EXIT
# Threads of libtorch that wait do not take the cores of whatever else runs here.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}

fail() { echo "$*" >&2; exit 1; }
timed() { local from=$SECONDS; "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; fail "$* failed"; }; echo "$((SECONDS - from)) s: $*"; }

TOOL=true timed "$root/eng/pack.sh" "$work/packages" "$version"
for package in Ddpm.Tool Ddpm.Tool.linux-x64 Ddpm.Tool.win-x64 Ddpm.Tool.osx-arm64; do
    size=$(stat -c %s "$work/packages/$package.$version.nupkg")
    echo "$size bytes: $package"
    [ "$size" -lt 250000000 ] || fail "$package must have less than 250 MB, which is what nuget.org takes"
done

cd "$work"
timed dotnet tool install Ddpm.Tool --version "$version" --tool-path "$work/bin" --add-source "$work/packages"
timed bin/ddpm --version
timed bin/ddpm train --data-type shapes --size 16 --network tiny --recipe small --batch-size 8 --steps 3 --timesteps 30 --out first
timed bin/ddpm train --config first/ddpm.config.json --out second
cmp first/model/model.safetensors second/model/model.safetensors || fail "the same configuration must make the same model"
timed bin/ddpm sample --weights first/model --count 2 --out samples.png
[ -s samples.png ] && [ -s samples.config.json ] || fail "ddpm sample must write its picture and its configuration"
# Without installing: the program is fetched, run and kept in NuGet's cache.
timed dotnet tool exec "Ddpm.Tool@$version" --yes --source "$work/packages" -- --version
echo "tool ok"
