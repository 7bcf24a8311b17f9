#!/usr/bin/env python3
"""Checks a rendered chart: check.py RENDERED.yaml FOLDER.

Checks what schemas cannot express: references between objects and the restricted Pod Security Standard. Checks the resources
of Prometheus Operator with operator.schema.json. Writes rules.yml and config.yml, with its token files, into FOLDER for
promtool and the exporter.
"""

import json
import os
import pathlib
import sys

import jsonschema
import yaml

SCHEMA = json.loads(pathlib.Path(__file__).with_name("operator.schema.json").read_text(encoding="utf-8"))

PROBLEMS = []


def expect(condition, problem):
    """Records a problem if the condition is false."""
    if not condition:
        PROBLEMS.append(problem)


def by_kind(objects, kind):
    """Returns the objects of a kind."""
    return [o for o in objects if o["kind"] == kind]


def restricted(where, pod):
    """Checks the Pod Security Standard "restricted". Source: Kubernetes, "Pod Security Standards"."""
    expect(pod["securityContext"]["runAsNonRoot"] is True, f"{where} may run as root")
    expect(pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", f"{where} has no seccomp profile")
    for container in pod["containers"] + pod.get("initContainers", []):
        context = container["securityContext"]
        expect(context["allowPrivilegeEscalation"] is False, f"{where} may gain privileges")
        expect(context["capabilities"]["drop"] == ["ALL"], f"{where} keeps capabilities")
        expect(context["readOnlyRootFilesystem"] is True, f"{where} may write its root file system")
    expect(pod["automountServiceAccountToken"] is False, f"{where} mounts a service account token")


def check_stateful_set(objects):
    """Checks the StatefulSet, its Service, and the objects that its volumes refer to."""
    (stateful,) = by_kind(objects, "StatefulSet")
    (service,) = by_kind(objects, "Service")
    spec = stateful["spec"]
    pod = spec["template"]["spec"]
    (container,) = [c for c in pod["containers"] if c["name"] == "exporter"]
    labels = spec["template"]["metadata"]["labels"]
    restricted("the pod", pod)
    expect(spec["serviceName"] == service["metadata"]["name"], "the StatefulSet refers to another Service")
    for selector in (spec["selector"]["matchLabels"], service["spec"]["selector"]):
        expect(selector.items() <= labels.items(), f"{selector} does not select the pod")
    expect(service["spec"]["publishNotReadyAddresses"] is True, "pods that are not ready cannot be scraped")

    volumes = {v["name"] for v in pod["volumes"]}
    volumes |= {c["metadata"]["name"] for c in spec.get("volumeClaimTemplates", [])}
    for mount in container["volumeMounts"]:
        expect(mount["name"] in volumes, f"{mount['name']} is mounted, but is not a volume")
    made = {(o["kind"], o["metadata"]["name"]) for o in objects}
    for volume in pod["volumes"]:
        if "configMap" in volume:
            expect(("ConfigMap", volume["configMap"]["name"]) in made, f"ConfigMap {volume['configMap']['name']} is missing")
        if volume["name"] == "web":
            # An existing Secret names its key; the chart's has only one.
            is_existing = "items" in volume["secret"]
            expect(is_existing or ("Secret", volume["secret"]["secretName"]) in made, "the Secret of the web configuration is missing")
            expect("--web.config.file=/etc/magic-connector-exporter/web/web-config.yml" in container["args"], "the web configuration is not used")

    sharded = [a for a in container["args"] if a.startswith("--shard.")]
    expected = ["--shard.index=$(POD_INDEX)", f"--shard.count={spec['replicas']}"] if spec["replicas"] > 1 else []
    expect(sharded == expected, f"{spec['replicas']} shards run with {sharded}")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        expect(len({"httpGet", "tcpSocket"} & container[probe].keys()) == 1, f"{probe} must have exactly one of httpGet and tcpSocket")
    expect(len(stateful["metadata"]["name"]) <= 52, "the name is too long for the label of its pods")
    return container, pod


def check_surroundings(objects):
    """Checks the objects that refer to the pods or to the Service."""
    (stateful,) = by_kind(objects, "StatefulSet")
    (service,) = by_kind(objects, "Service")
    labels = stateful["spec"]["template"]["metadata"]["labels"]
    namespace = stateful["metadata"]["namespace"]
    for budget in by_kind(objects, "PodDisruptionBudget"):
        expect(budget["spec"]["selector"]["matchLabels"].items() <= labels.items(), "the PodDisruptionBudget selects nothing")
        expect(len({"minAvailable", "maxUnavailable"} & budget["spec"].keys()) == 1, "the PodDisruptionBudget must have one limit")
    for ingress in by_kind(objects, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                expect(path["backend"]["service"]["name"] == service["metadata"]["name"], "the Ingress leads to another Service")
    for made in objects:
        if made["kind"] in ("Service", "Secret", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "ServiceAccount"):
            expect(made["metadata"].get("namespace") == namespace, f"{made['kind']} {made['metadata']['name']} is in another namespace")
    headless = service["spec"].get("clusterIP") == "None"
    expect(headless == (service["spec"]["type"] == "ClusterIP"), "only a Service of type ClusterIP is headless")


def write_configuration(objects, pod, folder):
    """Writes the exporter's configuration and its token files."""
    name = next(v["configMap"]["name"] for v in pod["volumes"] if v["name"] == "config")
    (config,) = [o for o in by_kind(objects, "ConfigMap") if o["metadata"]["name"] == name]
    text = config["data"]["config.yml"]
    sources = next(v["projected"]["sources"] for v in pod["volumes"] if v["name"] == "tokens")
    mounted = {item["path"] for source in sources for item in source["secret"]["items"]}
    prefix = "/etc/magic-connector-exporter/tokens/"
    for account in yaml.safe_load(text)["accounts"]:
        path = account["api_token_file"]
        expect(path.startswith(prefix) and path.removeprefix(prefix) in mounted, f"no token is mounted at {path}")
        with open(os.path.join(folder, account["account_id"]), "w", encoding="utf-8") as file:
            file.write("not-a-token")
    with open(os.path.join(folder, "config.yml"), "w", encoding="utf-8") as file:
        file.write(text.replace(prefix, ""))


def check_operator(objects, folder):
    """Checks the resources of Prometheus Operator."""
    for resource in by_kind(objects, "ServiceMonitor") + by_kind(objects, "PrometheusRule"):
        for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(resource):
            expect(False, f"{resource['kind']}: {error.json_path}: {error.message}")
    (stateful,) = by_kind(objects, "StatefulSet")
    for monitor in by_kind(objects, "ServiceMonitor"):
        (service,) = by_kind(objects, "Service")
        selector = monitor["spec"]["selector"]["matchLabels"]
        expect(selector.items() <= service["metadata"]["labels"].items(), "the ServiceMonitor selects nothing")
        (endpoint,) = monitor["spec"]["endpoints"]
        expect(endpoint["port"] in [p["name"] for p in service["spec"]["ports"]], "the ServiceMonitor uses another port")
        expect(monitor["spec"]["namespaceSelector"]["matchNames"] == [stateful["metadata"]["namespace"]], "the ServiceMonitor selects another namespace")
        job_label = monitor["spec"].get("jobLabel")
        if job_label:
            expect(job_label in service["metadata"]["labels"], f"the Service has no label {job_label}")
        else:
            expect({"targetLabel": "job", "replacement": "magic-connector-exporter"} in endpoint["relabelings"], "the ServiceMonitor sets another job")
    for rule in by_kind(objects, "PrometheusRule"):
        with open(os.path.join(folder, "rules.yml"), "w", encoding="utf-8") as file:
            yaml.safe_dump(rule["spec"], file)
        names = [r.get("alert") for group in rule["spec"]["groups"] for r in group["rules"]]
        expect("MagicConnectorUnknownKind" not in names, "a disabled alert is included")
        expect("MagicConnectorExporterDown" in names, "an alert is missing")
        expect("OwnAlert" in names, "an additional rule is missing")
        alerts = {r["alert"]: r for group in rule["spec"]["groups"] for r in group["rules"] if "alert" in r}
        expect(alerts["MagicConnectorHaError"]["labels"]["severity"] == "info", "a severity is not set")
        expect(alerts["MagicConnectorAgentDown"]["for"] == "20m", "a delay is not set")
        for name in alerts.keys() - {"OwnAlert"}:
            expect(alerts[name]["labels"]["team"] == "network", f"{name} lacks an additional label")
            expect(alerts[name]["annotations"]["runbook_url"] == f"https://wiki.example/runbooks/{name}.md", f"{name} has another runbook")


def main():
    rendered, folder = sys.argv[1:]
    os.makedirs(folder)
    with open(rendered, encoding="utf-8") as file:
        objects = [o for o in yaml.safe_load_all(file) if o]
    _, pod = check_stateful_set(objects)
    write_configuration(objects, pod, folder)
    check_surroundings(objects)
    check_operator(objects, folder)
    for hook in by_kind(objects, "Pod"):
        restricted("the test", hook["spec"])
    for problem in PROBLEMS:
        print(f"check.py: {problem}", file=sys.stderr)
    return 1 if PROBLEMS else 0


if __name__ == "__main__":
    sys.exit(main())
