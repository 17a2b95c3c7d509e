#!/usr/bin/env bash
# Packs everything that is published, as it is published: eng/pack.sh [FOLDER] [VERSION]. FOLDER is artifacts/packages unless given, VERSION that
# of Directory.Build.props. Nothing is built in place: the working tree's own builds stay as they are.
# SBOM=true writes into each package what it is made of (_manifest/spdx_2.2), by Microsoft's sbom-tool.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:-$root/artifacts/packages}"
packages=$(cd "${1:-$root/artifacts/packages}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

options=(-c Release --nologo -v quiet --artifacts-path "$work/build" -p:PackageOutputPath="$packages" -p:ContinuousIntegrationBuild=true)
[ -z "${2:-}" ] || options+=(-p:Version="$2")
for project in Ddpm.Core Ddpm.Data Ddpm.Models eng/Metapackage eng/Templates; do
    dotnet pack "${options[@]}" "$root/$project"
done
