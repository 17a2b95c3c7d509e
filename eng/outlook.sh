#!/usr/bin/env bash
# What may come up by itself one day, and therefore stops no build: advisories on packages, and what this SDK's newest analysers say of the
# libraries. Prints both, and exits 0 whatever they are, also where the package sources know of no advisories.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"

echo "Advisories:"
if dotnet list Ddpm.sln package --vulnerable --include-transitive --format json >"$work/advisories.json" 2>/dev/null; then
    grep -E '"(id|resolvedVersion|severity|advisoryurl)"' "$work/advisories.json" | sort -u || echo "  none"
else
    echo "  not known: the package sources could not be asked"
fi

echo "Newest analysers:"
dotnet build Ddpm.Models -c Release --nologo -v quiet --artifacts-path "$work/artifacts" \
    -p:AnalysisLevel=latest-recommended -p:LangVersion=latest -p:TreatWarningsAsErrors=false 2>&1 |
    grep -oE "(warning|error) [A-Z]+[0-9]+: [^\[]*" | sort | uniq -c || echo "  nothing"
exit 0
