{{/* What cannot work is refused before anything is made. */}}
{{- define "rollcall.checked" -}}
{{- $values := .Values -}}
{{- range tuple "BOOTSTRAP_URL" "BOOTSTRAP_USERNAME" "ROLLCALL_CHANNEL" -}}
{{- if not (get $values.settings .) -}}
{{- fail (printf "settings.%s is not set: README.md of the chart says what has to be." .) -}}
{{- end -}}
{{- end -}}
{{- /* Given both ways, a setting of the chart's own would win in silence, or the pods would not start. */}}
{{- $own := dict "BOOTSTRAP_PASSWORD" "existingSecret" "ROLLCALL_SECRET_KEY" "existingSecret" "SLACK_BOT_TOKEN" "existingSecret" (ternary "SLACK_APP_TOKEN" "SLACK_SIGNING_SECRET" (eq $values.slack.transport "socket")) "existingSecret" "MUNKI_REPO" "repo" -}}
{{- if ne $values.database.kind "sqlite" }}{{ $own = set $own "ROLLCALL_DATABASE_URL" "database" }}{{ end -}}
{{- if $values.policy }}{{ $own = set $own "ROLLCALL_POLICY" "policy" }}{{ end -}}
{{- if $values.ingress.enabled }}{{ $own = set $own "ROLLCALL_PROXIES" "proxies" }}{{ end -}}
{{- range $setting, $place := $own -}}
{{- if get $values.settings $setting | toString -}}
{{- fail (printf "settings.%s: take it out; the chart has it from %s." $setting $place) -}}
{{- end -}}
{{- end -}}
{{- if not $values.existingSecret -}}
{{- fail "existingSecret is not set: make a Secret with the tokens and passwords first, and name it." -}}
{{- end -}}
{{- if ne (has "rollcall_smtp_url" $values.optionalSecrets) (not (not $values.settings.ROLLCALL_MAIL_FROM)) -}}
{{- if not $values.settings.ROLLCALL_SMTP_URL -}}
{{- fail "settings.ROLLCALL_MAIL_FROM and rollcall_smtp_url in optionalSecrets are set together: docs/how-to/email.md." -}}
{{- end -}}
{{- end -}}
{{- if eq $values.database.kind "sqlite" -}}
{{- if or (gt (int $values.server.replicas) 1) $values.server.autoscaling.enabled -}}
{{- fail "SQLite is for one pod: set server.replicas to 1 and server.autoscaling.enabled to false, or database.kind to postgresql." -}}
{{- end -}}
{{- else if not $values.database.url -}}
{{- fail "database.url is not set: postgresql://USER@HOST/NAME, without a password." -}}
{{- end -}}
{{- if and (eq $values.repo.kind "volume") (not $values.repo.claim) -}}
{{- fail "repo.claim is not set: name the PersistentVolumeClaim that holds the Munki repo." -}}
{{- end -}}
{{- if and (eq $values.repo.kind "bucket") (not (hasPrefix "s3://" $values.repo.place)) -}}
{{- fail "repo.place has to be s3://BUCKET/PREFIX." -}}
{{- end -}}
{{- if and (eq $values.repo.kind "git") $values.repo.place (not (hasPrefix "git+" $values.repo.place)) -}}
{{- fail "repo.place has to be git+ssh://… or git+https://…" -}}
{{- end -}}
{{- with $values.image }}{{ if or (regexMatch "@|:[^/]*$" .repository) (regexMatch "^@|:" (.tag | toString | replace "@sha256:" "@")) -}}
{{- fail "image: a tag goes into image.tag, a digest into image.digest." -}}
{{- end }}{{ end -}}
{{- if and $values.ingress.enabled (not $values.ingress.host) -}}
{{- fail "ingress.host is not set: the name that BOOTSTRAP_URL has." -}}
{{- end -}}
{{- range $part := include "rollcall.parts" . | fromJsonArray -}}
{{- if not (kindIs "map" (get $values $part)) -}}
{{- fail (printf "%s: nothing stands behind it: say what it has, or leave the line out." $part) -}}
{{- end -}}
{{- end -}}
{{- with $values.server.autoscaling }}{{ if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail "server.autoscaling.minReplicas is more than its maxReplicas." -}}
{{- end }}{{ end -}}
{{- $volumes := list "tmp" "data" "secrets" -}}
{{- if and (ne $values.database.kind "sqlite") $values.database.existingSecret }}{{ $volumes = append $volumes "database" }}{{ end -}}
{{- if $values.policy }}{{ $volumes = append $volumes "policy" }}{{ end -}}
{{- if eq $values.repo.kind "volume" }}{{ $volumes = append $volumes "repo" }}{{ end -}}
{{- if and (eq $values.repo.kind "git") $values.repo.existingSecret }}{{ $volumes = append $volumes "ssh" }}{{ end -}}
{{- range $values.files -}}
{{- if has .volume.name $volumes -}}
{{- fail (printf "files: a volume of the chart is called %s; call yours otherwise." .volume.name) -}}
{{- end -}}
{{- end -}}
{{- range tuple "automountServiceAccountToken" "containers" "enableServiceLinks" "imagePullSecrets" "nodeSelector" "restartPolicy" "securityContext" "terminationGracePeriodSeconds" "tolerations" "topologySpreadConstraints" "volumes" -}}
{{- if hasKey ($values.pod | default dict) . -}}
{{- fail (printf "pod.%s: the chart sets it itself; there may be a value for it." .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
