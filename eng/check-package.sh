#!/usr/bin/env bash
# Uses the packages as people outside this repository would: packs them, and makes, builds, publishes and runs programs that have nothing but them.
#   eng/check-package.sh        what every change must keep: the documents' own example, an app with warnings as errors in an artifacts layout,
#                               one self-contained file, a program of one source file, versions that do not fit together
#   eng/check-package.sh all    the slow ways of publishing too: a self-contained folder, trimmed, native AOT, the templates
# Each program prints one line, "package ok".
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
# A version of its own, so that no cached package of an earlier run is taken instead.
version="0.0.0-check.$(date +%s)"
other="$version.other"
cache=${NUGET_PACKAGES:-$HOME/.nuget/packages}
trap 'rm -rf "$work" "$cache"/ddpm*/"$version" "$cache"/ddpm*/"$other"' EXIT
packages="$work/packages"
# Threads of libtorch that wait do not take the cores of whatever else runs here.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}

fail() { echo "$*" >&2; exit 1; }
step() { echo "$(date +%T) $*"; }

step "packing"
"$root/eng/pack.sh" "$packages" "$version"
# Every program below finds them through its folder; all else comes from where this machine takes packages.
cat > "$work/nuget.config" <<END
<configuration><packageSources><add key="ddpm-check" value="$packages" /></packageSources></configuration>
END

# The first block of a language under a heading of a document.
block() {
    awk -v heading="## $2" -v fence="\`\`\`$3" '
        $0 == heading { on = 1; next }
        /^## / { on = 0 }
        /^```$/ { text = 0 }
        text { print }
        on && $0 == fence && !n++ { text = 1 }' "$1"
}

# The documents' example, by the documents' commands, and what it promises: a picture.
example() {
    local code; code=$(block "$1" "In an application" csharp)
    [ -n "$code" ] || { echo "$1 has no example"; return; }
    step "the example of $1"
    mkdir "$work/example"
    cd "$work/example"
    dotnet new console -o . >/dev/null
    dotnet add package Ddpm --version "$version" >/dev/null
    printf '%s\n' "$code" > Program.cs
    dotnet run -c Release -p:TreatWarningsAsErrors=true
    [ "$(find . -maxdepth 1 -name '*.png' -size +1k | wc -l)" = 1 ] || fail "the example of $1 must write a picture"
    # This machine's back end alone, although the package knows three.
    [ "$(du -sm bin | cut -f1)" -lt 600 ] || fail "the program's folder must hold only this platform's libraries, but has $(du -sm bin)"
    cd "$work"
    rm -rf example
}
example "$root/eng/package/README.md"
if ! cmp -s <(block "$root/eng/package/README.md" "In an application" csharp) <(block "$root/README.md" "In an application" csharp); then
    example "$root/README.md"
fi

# As NuGet unpacked them for the example.
step "what the packages say of themselves"
for package in Ddpm.Core Ddpm.Data Ddpm.Models Ddpm; do
    unpacked="$cache/${package,,}/$version"
    nuspec="$unpacked/${package,,}.nuspec"
    # The libraries leave the back end to the application. Sister packages see each other's internals: exactly their own version.
    [ $package = Ddpm ] || ! grep -qi 'id="libtorch\|id="TorchSharp-' "$nuspec" || fail "$package must not depend on a native back end"
    ! grep -E 'id="Ddpm\.' "$nuspec" | grep -vF "version=\"[$version]\"" || fail "$package must depend on exactly its own version of the others"
    for part in '<icon>' '<readme>' '<releaseNotes>' '<license type="expression">' '<tags>' '<description>'; do
        grep -qF "$part" "$nuspec" || fail "$package must have $part"
    done
    for file in README.md icon.png LICENSE; do
        [ -s "$unpacked/$file" ] || fail "$package must have $file"
    done
    # Away from the repository a link of its own leads nowhere.
    ! grep -nE '\]\((\.|docs|samples|eng)|\{repository\}|!\[' "$unpacked/README.md" ||
        fail "$package's readme must have no picture and no link into the repository"
    [ $package = Ddpm ] || [ -f "$packages/$package.$version.snupkg" ] || fail "$package must have symbols"
done

step "an app in an artifacts layout, warnings as errors"
mkdir "$work/app"
cp "$root"/eng/consumer/Program.cs "$work/app/"
sed "s/VERSION/$version/" "$root/eng/consumer/App.csproj" > "$work/app/App.csproj"
# An artifacts layout, whose intermediate folder is an absolute path: nothing may lie beside the sources after all but artifacts/.
echo '<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup></Project>' > "$work/app/Directory.Build.props"
cd "$work/app"
dotnet run -c Release
dotnet publish -c Release --nologo -v quiet -o "$work/published"
"$work/published/App"
! find "$work/published" -name libSkiaSharp.pdb | grep -q . || fail "SkiaSharp's debug symbols must not be published"
[ -f "$work/published/runtimes/win-x64/native/libSkiaSharp.dll" ] ||
    fail "what is published for no particular runtime must hold every platform's libraries"
rm -rf "$work/published"
[ "$(echo *)" = "App.csproj Directory.Build.props Program.cs artifacts" ] ||
    fail "the build must leave only artifacts/ beside the sources, but there are: $(echo *)"

publish() {
    step "published: $1"
    dotnet publish -c Release --nologo -v quiet -r linux-x64 -o "$work/published" "${@:2}"
    du -sh "$work/published" | cut -f1
    "$work/published/App"
    rm -rf "$work/published"
}
publish "one self-contained file" --self-contained -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=false
if [ "${1:-}" = all ]; then
    publish "a self-contained folder" --self-contained
    # TorchSharp finds layers by reflection, so the packages must keep what it looks for.
    publish "trimmed" -p:PublishTrimmed=true -p:TreatWarningsAsErrors=false -p:SuppressTrimAnalysisWarnings=true
    # Not supported, but what works must stay so, and what does not must say so.
    publish "compiled by native AOT" -p:PublishAot=true -p:TreatWarningsAsErrors=false -p:SuppressTrimAnalysisWarnings=true -p:NoWarn=IL3000%3BIL3053

    step "the templates"
    mkdir "$work/new"
    cd "$work/new"
    dotnet new install "$packages/Ddpm.Templates.$version.nupkg" --debug:custom-hive "$work/hive" >/dev/null
    dotnet new ddpm-app -o Some.App --debug:custom-hive "$work/hive" >/dev/null
    dotnet new ddpm-train -o Training --debug:custom-hive "$work/hive" >/dev/null
    (cd Training && dotnet run -c Release -- "" 20 && [ -s out/samples.png ] && [ -s out/model/ddpm.json ])
    (cd Some.App && dotnet run -c Release -- ../Training/out/model && [ -s samples.png ])
fi

step "without dynamic code, as native AOT is: what is refused"
cd "$work/app"
dotnet run -c Release -p:DynamicCodeSupport=false

step "a program of one source file"
mkdir "$work/single" "$work/data"
{ echo "#:package Ddpm@$version"; cat "$root/eng/consumer/Program.cs"; } > "$work/single/app.cs"
cd "$work/single"
# What is built of it lies in the user's data folder, half a gigabyte.
XDG_DATA_HOME="$work/data" dotnet run app.cs
rm -rf "$work/data"

step "a platform without libtorch"
cd "$work/app"
missing=$(dotnet build -c Release --nologo -v quiet -r linux-arm64 --no-self-contained 2>&1 || true)
grep -q "DDPM0001" <<< "$missing" || fail "a build for a platform without libtorch must warn, but says: $missing"

step "packages of two versions"
dotnet pack -c Release --nologo -v quiet --artifacts-path "$work/other" -p:Version="$other" -p:PackageOutputPath="$packages" "$root/Ddpm.Core"
sed -i "s|<PackageReference Include=\"Ddpm.Models\"|<PackageReference Include=\"Ddpm.Core\" Version=\"$other\" />&|" App.csproj
if mixed=$(dotnet build -c Release --nologo -v quiet -p:TreatWarningsAsErrors=false 2>&1) ||
    ! grep -q "must be of one version\|NU1107\|NU1605" <<< "$mixed"; then
    fail "a build with Ddpm.Core of another version must be refused by name, but says: $mixed"
fi
step "done"
