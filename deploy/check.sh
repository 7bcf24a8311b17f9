#!/usr/bin/env bash
# Checks units, image, compose files and chart without a container engine or a cluster. Prints the problems and exits 1
# if there are any. deploy/debian/check.sh contains the checks that need a running systemd,
# and image.sh those that need a container engine.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/.build/tools/bin:$PATH
name=magic-connector-exporter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { echo "deploy-check: $*" >&2; failed=1; }
section() { echo "deploy-check: $*"; }
exporter=$(find .build -maxdepth 3 -path ".build/*/$name" -type f -executable 2>/dev/null | head -n 1)

section YAML
mapfile -t files < <(git ls-files --cached --others --exclude-standard 'deploy/*.yml' 'deploy/*.yaml' | grep -v /templates/)
yamllint --strict --config-data '{extends: default, rules: {document-start: disable, line-length: disable, braces: {max-spaces-inside: 1}, indentation: {indent-sequences: whatever}, comments: {min-spaces-from-content: 1}, comments-indentation: disable}}' \
    "${files[@]}" || wrong 'yamllint found something'

section systemd
mkdir "$work/units"
cp deploy/systemd/*.{service,socket} "$work/units"
# The verification requires an existing program, and the package may not be installed.
sed -i "s|^ExecStart=/usr/bin/$name|ExecStart=/bin/true|" "$work/units/$name.service"
found=$(systemd-analyze verify --man=no "$work/units/$name.service" "$work/units/$name.socket" 2>&1) || wrong 'systemd-analyze verify failed'
[ -z "$found" ] || wrong "systemd-analyze verify: $found"
systemd-analyze security --offline=true --threshold=20 --no-pager "deploy/systemd/$name.service" >"$work/security" ||
    wrong 'the exposure of the service is above 2.0'
tail -n 1 "$work/security"

section 'events log'
deploy/logs/check.py || failed=1
deploy/logs/check_test.py >"$work/logs" 2>&1 || { cat "$work/logs" >&2; wrong 'the checks of deploy/logs miss problems'; }

section 'image and compose files'
# INSTALL.md must name every library of the program that is not in the base system, and the image must install them.
libraries=$(sed -n 's/^apt-get install --no-install-recommends //p' deploy/dist/INSTALL.md)
release=.build/release/$name
if [ -x "$release" ] && ! readelf -d "$release" | grep -q 'NEEDED.*libswift'; then
    if readelf -d "$release" | grep -qE 'R(UN)?PATH'; then wrong 'the release loads libraries from a path of its own'; fi
    brought=" libc6 libgcc-s1 $libraries "
    for library in $(readelf -d "$release" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        package=$(dpkg-query -S "*/$library" 2>/dev/null | sed -n 's/:.*//p' | sort -u | grep -vE -e '-dev$|-cross$|^lib(32|x32|64)' | head -n 1)
        case $brought in *" $package "*) ;; *) wrong "INSTALL.md lacks $package, which contains $library" ;; esac
    done
fi
grep -qF -- "--no-install-recommends $libraries " deploy/docker/Dockerfile || wrong 'Dockerfile and INSTALL.md name other libraries'
hadolint deploy/docker/Dockerfile || wrong 'hadolint found something'
(
    cd deploy/docker
    touch "$work/config.yml" "$work/token"
    export EXPORTER_CONFIG=$work/config.yml EXPORTER_TOKEN=$work/token
    docker-compose -f compose.yml config --quiet
    docker-compose -f compose.yml -f compose.demo.yml config --quiet
    # Every mounted file must exist.
    docker-compose --profile logs -f compose.yml -f compose.demo.yml config --format json | python3 -c '
import json, os, sys
project = json.load(sys.stdin)
paths = [v["source"] for s in project["services"].values() for v in s.get("volumes", []) if v["type"] == "bind"]
paths += [f["file"] for kind in ("configs", "secrets") for f in project[kind].values()]
missing = [path for path in paths if not os.path.exists(path)]
if missing:
    sys.exit(f"mounted files are missing: {missing}")
stages = open("Dockerfile").read().splitlines()
for build in (s["build"] for s in project["services"].values() if "build" in s):
    file = os.path.normpath(os.path.join(build["context"], build["dockerfile"]))
    if file != os.path.abspath("Dockerfile") or not any(line.endswith(" AS " + build["target"]) for line in stages):
        sys.exit(f"a build is not in the Dockerfile: {build}")'
) || wrong 'a compose file is wrong'
# The same layout as in the container, where the rules are mounted next to the file.
cp deploy/docker/prometheus.yml "$work"
cp -r deploy/prometheus "$work/rules"
promtool check config "$work/prometheus.yml" >"$work/promtool" || { cat "$work/promtool" >&2; wrong 'prometheus.yml is wrong'; }
if command -v amtool >/dev/null; then
    amtool check-config deploy/docker/alertmanager.yml >"$work/amtool" || { cat "$work/amtool" >&2; wrong 'alertmanager.yml is wrong'; }
fi

section 'chart'
deploy/helm/sync.sh --check || failed=1
chart=deploy/helm/$name
version=$(git grep -hoP 'static let version = "\K[^"]+' -- 'Sources/Exporter/*BuildInfo.swift')
grep -qx "appVersion: $version" "$chart/Chart.yaml" || wrong "Chart.yaml's appVersion is not $version"
for file in compose.yml compose.demo.yml; do
    grep -q "image: .*/magic-connector-[a-z]*:$version}\$" "deploy/docker/$file" || wrong "$file's image is not $version"
done
for values in "$chart"/ci/*-values.yaml; do
    rendered=$work/$(basename "$values" -values.yaml)
    helm lint --quiet --strict "$chart" --values "$values" || wrong "helm lint: $values"
    helm template release "$chart" --namespace monitoring --values "$values" >"$rendered.yaml" || { wrong "$values does not render"; continue; }
    # The validator has no schema for the kinds of Prometheus Operator.
    helm template release "$chart" --namespace monitoring --values "$values" --set serviceMonitor.enabled=false,prometheusRule.enabled=false >"$rendered.core.yaml"
    kubernetes-validate --strict --quiet "$rendered.core.yaml" >"$work/validate" 2>&1 || { cat "$work/validate" >&2; wrong "$values renders objects that Kubernetes rejects"; }
    python3 deploy/helm/check.py "$rendered.yaml" "$rendered" || wrong "$values renders wrong objects"
    if [ -e "$rendered/rules.yml" ]; then
        promtool check rules "$rendered/rules.yml" >"$work/promtool" || { cat "$work/promtool" >&2; wrong "the rules of $values are wrong"; }
    fi
    if [ -n "$exporter" ]; then
        "$exporter" --config.file "$rendered/config.yml" --config.check >"$work/config" 2>&1 || { cat "$work/config" >&2; wrong "the exporter rejects the configuration of $values"; }
    fi
done
# Options that change the same parts of the pods, in every combination.
for shards in 1 3; do
    for web in 'web.existingSecret.name=web' 'web.config.tls_server_config.cert_file=a' 'web.telemetryPath=/m'; do
        for data in persistence.enabled=true persistence.enabled=false persistence.existingClaim=ledger; do
            [ "$shards,$data" != 3,persistence.existingClaim=ledger ] || continue
            combination="shards=$shards,$web,$data"
            rendered=$work/$shards-${web%%=*}-${data#*.}
            helm template release "$chart" --values "$chart/ci/minimal-values.yaml" --set "$combination,ingress.enabled=$([ "$shards" = 1 ] && echo true || echo false),ingress.hosts[0].host=a.example,podDisruptionBudget.enabled=true,networkPolicy.enabled=true" \
                >"$rendered.yaml" || { wrong "$combination does not render"; continue; }
            python3 deploy/helm/check.py "$rendered.yaml" "$rendered" || wrong "$combination renders wrong objects"
            cat "$rendered.yaml" >>"$work/matrix.yaml"
        done
    done
done
kubernetes-validate --strict --quiet "$work/matrix.yaml" >"$work/validate" 2>&1 || { cat "$work/validate" >&2; wrong 'a combination of values renders objects that Kubernetes rejects'; }
refused() { # description, flags of helm...
    local why=$1
    shift
    if helm template release "$chart" "$@" >"$work/refused" 2>&1; then wrong "the chart accepts $why"; fi
}
refused 'no accounts'
refused 'an invalid account id' --values "$chart/ci/minimal-values.yaml" --set 'accounts[0].accountId=ABC'
refused 'a misspelt value' --values "$chart/ci/minimal-values.yaml" --set 'presistence.enabled=false'
refused 'an account without a token' --set-string 'accounts[0].accountId=00000000000000000000000000000001'
refused 'a misspelt collector' --values "$chart/ci/minimal-values.yaml" --set 'config.snapshots.collectors={disk}'
refused 'two web configurations' --values "$chart/ci/password-values.yaml" --set web.existingSecret.name=web
refused 'one claim for two shards' --values "$chart/ci/minimal-values.yaml" --set shards=2,persistence.existingClaim=ledger
refused 'an ingress to two shards' --values "$chart/ci/minimal-values.yaml" --set 'shards=2,ingress.enabled=true,ingress.hosts[0].host=a.example'
refused 'an ingress without hosts' --values "$chart/ci/minimal-values.yaml" --set ingress.enabled=true
refused 'a path of metrics that the ServiceMonitor lacks' --values "$chart/ci/minimal-values.yaml" --set 'extraArgs={--web.telemetry-path=/m}'
refused 'an invalid duration' --values "$chart/ci/minimal-values.yaml" --set 'config.polling.interval=soon'

if [ "$failed" = 0 ]; then section 'all checks passed'; fi
exit "$failed"
