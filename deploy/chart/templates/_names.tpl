{{- define "rollcall.name" -}}
{{- if contains "rollcall" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-rollcall" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{/* The labels that select the pods of a part: a list of the root and the part. */}}
{{- define "rollcall.selector" -}}
app.kubernetes.io/name: rollcall
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "rollcall.labels" -}}
{{ include "rollcall.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version | quote }}
{{- end -}}

{{/* The parts that there are: JSON. */}}
{{- define "rollcall.parts" -}}
{{- if eq .Values.database.kind "sqlite" -}}["all"]
{{- else -}}
{{- $parts := list "server" -}}
{{- if ne .Values.slack.transport "http" }}{{ $parts = append $parts "bot" }}{{ end -}}
{{- $parts = concat $parts (list "relay" "jobs") -}}
{{- if .Values.settings.ROLLCALL_URL }}{{ $parts = append $parts "live" }}{{ end -}}
{{- toJson $parts -}}
{{- end -}}
{{- end -}}

{{/* The part that tells boards of news. */}}
{{- define "rollcall.news" -}}
{{- if eq .Values.database.kind "sqlite" }}all{{ else }}live{{ end -}}
{{- end -}}

{{/* The part that Macs reach. */}}
{{- define "rollcall.door" -}}
{{- if eq .Values.database.kind "sqlite" }}all{{ else }}server{{ end -}}
{{- end -}}
