#!/usr/bin/env bash
# Uses the packages as an app outside this repository would: packs them, makes a console app that references Ddpm.Models from a folder
# of packages, builds, publishes and runs it. Prints the app's one line, "package ok".
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A version of its own, so that no cached package of an earlier run is taken instead.
version="0.0.0-check.$(date +%s)"
for project in Core Data Models; do
    dotnet pack -c Release --nologo -v quiet -p:Version="$version" -p:PackageOutputPath="$work/packages" "$root/Ddpm.$project"
    if grep -qi libtorch "$root/Ddpm.$project/obj/Release/Ddpm.$project.$version.nuspec"; then
        echo "Ddpm.$project must not depend on a native back end" >&2
        exit 1
    fi
done

mkdir "$work/app"
cp "$root"/eng/consumer/Program.cs "$work/app/"
sed "s/VERSION/$version/" "$root/eng/consumer/App.csproj" > "$work/app/App.csproj"
cd "$work/app"
# The packages' own copies stay out of the machine's cache; everything else comes from there.
dotnet restore --nologo -v quiet -p:RestoreAdditionalProjectSources="$work/packages"
dotnet run -c Release --no-restore
dotnet publish -c Release --nologo -v quiet -p:RestoreAdditionalProjectSources="$work/packages" -o "$work/published"
"$work/published/App"
if find "$work/published" -name libSkiaSharp.pdb | grep -q .; then
    echo "SkiaSharp's debug symbols must not be published" >&2
    exit 1
fi
rm -rf "$HOME"/.nuget/packages/ddpm.*/"$version"
