{{- define "rollcall.name" -}}
{{- if contains "rollcall" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-rollcall" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{/* The labels that select the pods of a part: a list of the root and the part. */}}
{{- define "rollcall.selector" -}}
app.kubernetes.io/name: rollcall
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "rollcall.labels" -}}
{{ include "rollcall.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end -}}

{{/* The parts that there are: JSON. */}}
{{- define "rollcall.parts" -}}
{{- if eq .Values.database.kind "sqlite" -}}["all"]
{{- else if eq .Values.slack.transport "http" -}}["server","relay","jobs"]
{{- else -}}["server","bot","relay","jobs"]
{{- end -}}
{{- end -}}

{{/* The part that Macs reach. */}}
{{- define "rollcall.door" -}}
{{- if eq .Values.database.kind "sqlite" }}all{{ else }}server{{ end -}}
{{- end -}}
