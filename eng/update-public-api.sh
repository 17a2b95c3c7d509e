#!/usr/bin/env bash
# Writes the public API of every library, as the compiler sees it, into its PublicAPI.Unshipped.txt. Read the difference before committing it.
set -euo pipefail
cd "$(dirname "$0")/.."
for library in Ddpm.Core Ddpm.Data Ddpm.Models; do
    printf '#nullable enable\n' > "$library/PublicAPI.Unshipped.txt"
    build=$(dotnet build -c Release --no-incremental -p:TreatWarningsAsErrors=false "$library" | grep -F "[$PWD/$library/" || true)
    symbols=$(sed -nE "s/.*RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" <<< "$build" | LC_ALL=C sort -u)
    printf '#nullable enable\n%s\n' "$symbols" > "$library/PublicAPI.Unshipped.txt"
done
