#!/usr/bin/env bash
# Packs everything that is published, as it is published: eng/pack.sh [FOLDER] [VERSION]. FOLDER is artifacts/packages unless given, VERSION that
# of Directory.Build.props. Nothing is built in place: the working tree's own builds stay as they are.
# SBOM=true writes into each library's package what it is made of (_manifest/spdx_2.2), by Microsoft's sbom-tool; that takes zip and unzip.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:-$root/artifacts/packages}"
packages=$(cd "${1:-$root/artifacts/packages}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The same commit makes the same packages, byte for byte: what is in them has its time.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || true)}
[ -z "$SOURCE_DATE_EPOCH" ] || export SOURCE_DATE_EPOCH
options=(-c Release --nologo -v quiet --artifacts-path "$work/build" -p:PackageOutputPath="$packages" -p:ContinuousIntegrationBuild=true)
[ -z "${2:-}" ] || options+=(-p:Version="$2")
for project in Ddpm.Core Ddpm.Data Ddpm.Models eng/Metapackage eng/Templates; do
    dotnet pack "${options[@]}" "$root/$project"
done

[ "${SBOM:-}" = true ] || exit 0
version=${2:-$(sed -n 's/.*<Version>\(.*\)<.*/\1/p' "$root/Directory.Build.props")}
for project in Ddpm.Core Ddpm.Data Ddpm.Models; do
    package="$packages/$project.$version.nupkg"
    mkdir -p "$work/$project"
    (cd "$work/$project" && unzip -q "$package")
    # The tool is made for an older .NET. What it looks at is the package and what its restore resolved.
    DOTNET_ROLL_FORWARD=Major dotnet tool exec Microsoft.Sbom.DotNetTool@4.1.13 --yes -- generate -V Fatal -b "$work/$project" \
        -bc "$work/build/obj/$project" -pn "$project" -pv "$version" -ps "The Ddpm authors" -nsb http://spdx.org/spdxdocs >"$work/sbom.log" ||
        { cat "$work/sbom.log" >&2; exit 1; }
    (cd "$work/$project" && zip -qr "$package" _manifest)
done
