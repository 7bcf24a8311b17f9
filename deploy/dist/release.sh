#!/usr/bin/env bash
# The steps of .github/workflows/release.yml:
#   release.sh tag-check TAG   requires that the tag and every file name the same version
#   release.sh image-push      builds the images from the tarballs in .build/dist, and pushes them as IMAGE:VERSION-ARCH
#   release.sh collect         packs and pushes the chart, joins the images, and writes .build/publish with checksums
set -euo pipefail
cd "$(dirname "$0")/../.."
name=magic-connector-exporter
version=$(git grep -hoP 'static let version = "\K[^"]+' -- 'Sources/Exporter/*BuildInfo.swift')
declare -A images
images[exporter]=$(deploy/project.py --get IMAGE)
images[simulator]=$(deploy/project.py --get SIMULATOR_IMAGE)
charts=$(deploy/project.py --get CHARTS)
chart=deploy/helm/$name
fail() { echo "release: $*" >&2; exit 1; }
output() { echo "$1=$2" | tee -a "${GITHUB_OUTPUT:-/dev/null}"; }

tag_check() {
    [ "$1" = "v$version" ] || fail "the tag is $1, but BuildInfo.swift contains $version"
    grep -qx "appVersion: $version" "$chart/Chart.yaml" || fail "appVersion of Chart.yaml is not $version"
    grep -qx "version: $version" "$chart/Chart.yaml" || fail "version of Chart.yaml is not $version"
    grep -q "^## $version / [0-9]\{4\}-[0-9]\{2\}-[0-9]\{2\}$" CHANGELOG.md || fail "CHANGELOG.md has no dated section for $version"
    grep -q "^$name ($version-" deploy/debian/NEWS || echo "release: deploy/debian/NEWS has no entry for $version" >&2
}

image_push() {
    local archive arch target
    archive=$(echo .build/dist/"$name-$version".linux-*.tar.gz)
    arch=${archive##*.linux-}
    arch=${arch%.tar.gz}
    for target in exporter simulator; do
        # The Dockerfile has the labels that do not change.
        docker build --file deploy/docker/Dockerfile --target $target --platform "linux/$arch" --tag "${images[$target]}:$version-$arch" \
            --label "org.opencontainers.image.version=$version" \
            --label "org.opencontainers.image.revision=$(git rev-parse HEAD)" \
            --label "org.opencontainers.image.created=$(TZ=UTC git log -1 --date=iso-strict-local --format=%cd)" \
            .build/dist
        [ -n "${NO_PUSH:-}" ] || docker push "${images[$target]}:$version-$arch"
    done
}

collect() {
    local publish=.build/publish digest target image
    rm -rf "$publish"
    mkdir -p "$publish"
    cp artifacts/*/dist/*.tar.gz artifacts/*/dist/*.cdx.json artifacts/*/deb/*.deb "$publish"
    helm package "$chart" --destination "$publish"
    (cd "$publish" && sha256sum -- * >sha256sums.txt)
    # The section of the version, without its title.
    sed -n "/^## $version /,/^## /{/^## /d;p}" CHANGELOG.md >.build/release-notes.md

    for target in exporter simulator; do
        image=${images[$target]}
        # A version with a suffix, such as 1.0.0-rc.1, does not become the newest one.
        case $version in
            *-*) docker buildx imagetools create --tag "$image:$version" "$image:$version-amd64" "$image:$version-arm64" ;;
            *) docker buildx imagetools create --tag "$image:$version" --tag "$image:latest" "$image:$version-amd64" "$image:$version-arm64" ;;
        esac
        output $target "$image"
        digest=$(docker buildx imagetools inspect "$image:$version" --format '{{.Manifest.Digest}}')
        output ${target}_digest "$digest"
    done
    digest=$(helm push "$publish/$name-$version.tgz" "$charts" 2>&1 | tee /dev/stderr | sed -n 's/^Digest: //p')
    [ -n "$digest" ] || fail 'helm push printed no digest'
    output chart "${charts#oci://}/$name"
    output chart_digest "$digest"
}

case ${1:-} in
    tag-check) tag_check "${2:-}" ;;
    image-push) image_push ;;
    collect) collect ;;
    *) sed -n '2,5p' "$0" >&2; exit 1 ;;
esac
