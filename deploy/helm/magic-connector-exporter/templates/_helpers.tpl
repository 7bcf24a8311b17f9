{{- define "exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters, because the labels of a StatefulSet's pods append a hash of 10 characters. */}}
{{- define "exporter.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- $name := include "exporter.name" . }}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "exporter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with omit .Values.commonLabels "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart" }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "exporter.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "exporter.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* config.yml, as YAML: the accounts, each with the file that its token is mounted at, and the rest as it is given. */}}
{{- define "exporter.configuration" -}}
{{- $accounts := list }}
{{- range .Values.accounts }}
{{- $account := dict "account_id" .accountId "api_token_file" (printf "/etc/magic-connector-exporter/tokens/%s" .accountId) }}
{{- with .connectors }}
{{- $_ := set $account "connectors" . }}
{{- end }}
{{- $accounts = append $accounts $account }}
{{- end }}
{{- toYaml (merge (dict "accounts" $accounts) .Values.config) }}
{{- end }}

{{/* http or https: the scheme of the endpoint. The chart cannot read an existing Secret, so web.scheme states its scheme. */}}
{{- define "exporter.scheme" -}}
{{- default (ternary "https" "http" (not (empty .Values.web.config.tls_server_config))) .Values.web.scheme }}
{{- end }}

{{/* "true" if the endpoint has a web configuration. */}}
{{- define "exporter.hasWebConfig" -}}
{{- if or .Values.web.config .Values.web.existingSecret.name }}true{{ end }}
{{- end }}

{{/* The probe for (list $ path): an HTTP GET of the path, or only the port if the kubelet cannot authenticate. */}}
{{- define "exporter.probe" -}}
{{- $root := index . 0 }}
{{- $web := $root.Values.web }}
{{- $clientCertificates := hasPrefix "Require" (dig "tls_server_config" "client_auth_type" "" $web.config) }}
{{- $passwords := or $web.config.basic_auth_users $web.existingSecret.name }}
{{- if or $clientCertificates (and $passwords (not $web.probeHeaders)) -}}
tcpSocket:
  port: metrics
{{- else -}}
httpGet:
  path: {{ index . 1 }}
  port: metrics
  {{- if eq (include "exporter.scheme" $root) "https" }}
  scheme: HTTPS
  {{- end }}
  {{- with $web.probeHeaders }}
  httpHeaders:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
