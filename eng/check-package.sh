#!/usr/bin/env bash
# Uses the packages as an app outside this repository would: packs them, makes a console app that references Ddpm.Models from a folder
# of packages, builds, publishes and runs it, and once more trimmed. Prints the app's one line, "package ok", each time.
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
    # Sister packages see each other's internals: exactly their own version.
    if grep -E 'id="Ddpm\.' "$root/Ddpm.$project/obj/Release/Ddpm.$project.$version.nuspec" | grep -vF "version=\"[$version]\""; then
        echo "Ddpm.$project must depend on exactly its own version of the others" >&2
        exit 1
    fi
done

mkdir "$work/app"
cp "$root"/eng/consumer/Program.cs "$work/app/"
sed "s/VERSION/$version/" "$root/eng/consumer/App.csproj" > "$work/app/App.csproj"
# An artifacts layout, whose intermediate folder is an absolute path: nothing may lie beside the sources after all but artifacts/.
echo '<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup></Project>' > "$work/app/Directory.Build.props"
cd "$work/app"
# The packages' own copies stay out of the machine's cache; everything else comes from there.
source=-p:RestoreAdditionalProjectSources="$work/packages"
dotnet restore --nologo -v quiet "$source"
dotnet run -c Release --no-restore
dotnet publish -c Release --nologo -v quiet "$source" -o "$work/published"
"$work/published/App"
if find "$work/published" -name libSkiaSharp.pdb | grep -q .; then
    echo "SkiaSharp's debug symbols must not be published" >&2
    exit 1
fi
if [ "$(echo *)" != "App.csproj Directory.Build.props Program.cs artifacts" ]; then
    echo "the build must leave only artifacts/ beside the sources, but there are: $(echo *)" >&2
    exit 1
fi

# Trimmed: TorchSharp finds layers by reflection, so the packages must keep what it looks for.
dotnet publish -c Release --nologo -v quiet "$source" -p:PublishTrimmed=true -p:SuppressTrimAnalysisWarnings=true \
    -r "linux-x64" -o "$work/trimmed"
"$work/trimmed/App"

# Packages of two versions do not work together, and the build says so.
other="$version.other"
dotnet pack -c Release --nologo -v quiet -p:Version="$other" -p:PackageOutputPath="$work/packages" "$root/Ddpm.Core"
sed -i "s|<PackageReference Include=\"Ddpm.Models\"|<PackageReference Include=\"Ddpm.Core\" Version=\"$other\" />&|" App.csproj
if mixed=$(dotnet build -c Release --nologo -v quiet "$source" 2>&1) || ! grep -q "must be of one version\|NU1107\|NU1605" <<< "$mixed"; then
    echo "a build with Ddpm.Core of another version must be refused by name, but says: $mixed" >&2
    exit 1
fi
rm -rf "$HOME"/.nuget/packages/ddpm.*/"$version" "$HOME"/.nuget/packages/ddpm.*/"$other"
