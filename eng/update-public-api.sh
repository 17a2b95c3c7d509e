#!/usr/bin/env bash
# Writes the public API of every library, as the compiler sees it, into its PublicAPI.Unshipped.txt. Read the difference before committing it.
#   eng/update-public-api.sh ship    moves what is not shipped yet into PublicAPI.Shipped.txt, when a version is published: from then on the build
#                                    refuses to lose any of it
set -euo pipefail
cd "$(dirname "$0")/.."

ship() {
    local shipped="$1/PublicAPI.Shipped.txt" new="$1/PublicAPI.Unshipped.txt" removed
    # What was shipped and is gone: its lines begin with *REMOVED*.
    removed=$(sed -n 's/^\*REMOVED\*//p' "$new")
    {
        printf '#nullable enable\n'
        cat "$shipped" "$new" | grep -vE '^(#nullable enable|\*REMOVED\*.*|)$' | grep -vxF -e "${removed:-#}" | LC_ALL=C sort -u || true
    } > "$shipped.new"
    mv "$shipped.new" "$shipped"
    printf '#nullable enable\n' > "$new"
}

case "${1:-}" in
    ship)
        for library in Ddpm.Core Ddpm.Data Ddpm.Models; do ship $library; done
        exit ;;
    "") ;;
    *) echo "usage: eng/update-public-api.sh [ship]" >&2; exit 2 ;;
esac

for library in Ddpm.Core Ddpm.Data Ddpm.Models; do
    printf '#nullable enable\n' > "$library/PublicAPI.Unshipped.txt"
    build=$(dotnet build -c Release --no-incremental -p:TreatWarningsAsErrors=false "$library" | grep -F "[$PWD/$library/" || true)
    symbols=$(sed -nE "s/.*RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" <<< "$build" | LC_ALL=C sort -u)
    printf '#nullable enable\n%s\n' "$symbols" > "$library/PublicAPI.Unshipped.txt"
done
