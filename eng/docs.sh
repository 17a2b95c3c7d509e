#!/usr/bin/env bash
# Builds the documentation as a site into artifacts/site: README.md, docs/, and the reference of all public types from their XML documentation.
# A warning is a failure. Nothing is built in place; docfx is installed where packages come from, into a folder that is gone afterwards.
#   DOCFX=docfx eng/docs.sh     takes a docfx that is installed already
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The three libraries, with what they refer to beside them.
dotnet build "$root/Ddpm.Models" -c Release --nologo -v quiet --artifacts-path "$work/build" -p:CopyLocalLockFileAssemblies=true
mkdir -p "$work/site/source/docs"
mv "$work"/build/bin/Ddpm.Models/release/*.{dll,xml} "$work/site"
rm -rf "$work/build"
if [ -z "${DOCFX:-}" ]; then
    dotnet tool install docfx --version 2.81.0 --tool-path "$work/tools" >/dev/null
    DOCFX="$work/tools/docfx"
fi

# The pages lie as in the repository, so that their links hold. What is not on the site is linked in the repository, if its address is known.
cp "$root"/{README,CHANGELOG,CONTRIBUTING,SECURITY}.md "$root/eng/docfx/toc.yml" "$work/site/source"
cp -r "$root"/docs/{*.md,images} "$work/site/source/docs"
# Its table of contents is that of docs/README.md.
sed -nE 's/^\| \[([^]]+)\]\(([a-z-]+\.md)\) \|.*/- name: "\1"\n  href: \2/p' "$root/docs/README.md" > "$work/site/source/docs/toc.yml"
home=$(git -C "$root" remote get-url origin 2>/dev/null | sed -E 's#^git@([^:]+):#https://\1/#; s#\.git$##' || true)
commit=$(git -C "$root" rev-parse HEAD 2>/dev/null || true)
link=${home:+[\\1]($home/blob/$commit/\\3\\4)}
find "$work/site/source" -name '*.md' -exec \
    sed -i -E "s#\[([^]]*)\]\((\.\./)?(samples|eng|LICENSE)([^)]*)\)#${link:-\\1}#g" {} +

cp "$root/eng/docfx/docfx.json" "$work/site"
cd "$work/site"
"$DOCFX" docfx.json --warningsAsErrors
mkdir -p "$root/artifacts"
rm -rf "$root/artifacts/site"
echo '<meta http-equiv="refresh" content="0; url=README.html">' > _site/index.html
mv _site "$root/artifacts/site"
echo "See artifacts/site: $(find "$root/artifacts/site" -name '*.html' | wc -l) pages."
