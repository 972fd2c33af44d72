{{/* The spec of the pods of a part: a list of the root and the part, which may be migrate. */}}
{{- define "rollcall.pod" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $values := $root.Values -}}
{{- $sqlite := eq $values.database.kind "sqlite" -}}
{{- $socket := eq $values.slack.transport "socket" -}}
{{- $serves := has $part (list "server" "all") -}}
{{- $tells := and $values.settings.ROLLCALL_URL (has $part (list "live" "all")) -}}
{{- $sees := and (eq $values.repo.kind "volume") (not (has $part (list "migrate" "live"))) -}}
{{- $speaks := or (has $part (list "bot" "relay" "jobs" "all")) (and (not $socket) (ne $part "live")) -}}
{{- $migrates := eq $part "migrate" -}}
{{- /* Files by variable; each part is told of Slack's, so that a server knows that a bot runs. */}}
{{- $files := dict "SLACK_BOT_TOKEN" "slack_bot_token" (ternary "SLACK_APP_TOKEN" "SLACK_SIGNING_SECRET" $socket) (ternary "slack_app_token" "slack_signing_secret" $socket) -}}
{{- $items := list -}}
{{- if and $speaks (not $migrates) }}{{ $items = append $items "slack_bot_token" }}{{ end -}}
{{- if and $socket (has $part (list "bot" "all")) }}{{ $items = append $items "slack_app_token" }}{{ end -}}
{{- if and (not $socket) $serves }}{{ $items = append $items "slack_signing_secret" }}{{ end -}}
{{- if $serves -}}
{{- $files = set $files "BOOTSTRAP_PASSWORD" "bootstrap_password" -}}
{{- $items = append $items "bootstrap_password" -}}
{{- end -}}
{{- /* The relay signs links in mails with it. */}}
{{- if or $serves (eq $part "relay") -}}
{{- $files = set $files "ROLLCALL_SECRET_KEY" "rollcall_secret_key" -}}
{{- $items = append $items "rollcall_secret_key" -}}
{{- end -}}
{{- /* Alerts and mail are for all parts, also migrate, which wants the mail server beside ROLLCALL_MAIL_FROM. */}}
{{- range $values.optionalSecrets -}}
{{- if or (hasPrefix "rollcall_al" .) (eq . "rollcall_smtp_url") $serves (and (eq . "munki_repo_authorization") (has $part (list "bot" "jobs"))) -}}
{{- $files = set $files (upper .) . -}}
{{- $items = append $items . -}}
{{- end -}}
{{- end -}}
{{- $fromSecret := and (eq $values.repo.kind "git") (not $values.repo.place) -}}
{{- if and $fromSecret (has $part (list "server" "bot" "jobs" "all")) -}}
{{- $files = set $files "MUNKI_REPO" "munki_repo" -}}
{{- $items = append $items "munki_repo" -}}
{{- end -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 40
{{- with $values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
securityContext:
  {{- toYaml $values.podSecurityContext | nindent 2 }}
{{- with $values.pod }}
{{ toYaml . }}
{{- end }}
containers:
  - name: {{ $part }}
    {{- with $values.image }}
    image: {{ empty .digest | ternary (printf "%s:%s" .repository (default $root.Chart.AppVersion .tag)) (printf "%s@%s" .repository .digest) | quote }}
    {{- end }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    {{- if ne $part "all" }}
    args: [{{ $part }}]
    {{- end }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    env:
      {{- range $name, $value := $values.settings }}
      - {name: {{ $name }}, value: {{ (kindIs "float64" $value | ternary ($value | int64) $value) | toString | quote }}}
      {{- end }}
      {{- range $name, $file := $files }}
      - {name: {{ $name }}_FILE, value: /run/secrets/rollcall/{{ $file }}}
      {{- end }}
      {{- if not $sqlite }}
      - {name: ROLLCALL_DATABASE_URL, value: {{ $values.database.url | quote }}}
      {{- if $values.database.existingSecret }}
      - {name: ROLLCALL_DATABASE_PASSWORD_FILE, value: /run/secrets/database/password}
      {{- end }}
      {{- end }}
      {{- if not $fromSecret }}
      - {name: MUNKI_REPO, value: {{ ternary "/munki_repo" $values.repo.place (eq $values.repo.kind "volume") | quote }}}
      {{- end }}
      {{- if $values.policy }}
      - {name: ROLLCALL_POLICY, value: /etc/rollcall/rollcall.toml}
      {{- end }}
      {{- if and $serves $values.ingress.enabled }}
      - {name: ROLLCALL_PROXIES, value: {{ $values.proxies | quote }}}
      {{- end }}
      {{- if and (eq $values.repo.kind "bucket") $values.repo.existingSecret (not $migrates) }}
      {{- range tuple "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" }}
      - name: {{ . }}
        valueFrom: {secretKeyRef: {name: {{ $values.repo.existingSecret | quote }}, key: {{ lower . }}}}
      {{- end }}
      {{- end }}
      {{- with $values.env }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- if or $serves $tells }}
    ports:
      {{- if $serves }}
      - {name: http, containerPort: {{ default 5000 $values.settings.PORT }}, protocol: TCP}
      {{- end }}
      {{- if $tells }}
      - {name: news, containerPort: {{ default 5005 $values.settings.ROLLCALL_LIVE_PORT }}, protocol: TCP}
      {{- end }}
    {{- end }}
    {{- if not $migrates }}
    {{- $probe := list "/app/boot.sh" "health" }}
    {{- if ne $part "all" }}{{ $probe = append $probe $part }}{{ end }}
    startupProbe:
      exec: {command: {{ toJson $probe }}}
      periodSeconds: 5
      timeoutSeconds: 10
      failureThreshold: 60
    livenessProbe:
      exec: {command: {{ toJson $probe }}}
      periodSeconds: 30
      timeoutSeconds: 10
      failureThreshold: 3
    {{- if $serves }}
    readinessProbe:
      httpGet: {path: /readyz, port: http}
      periodSeconds: 5
      timeoutSeconds: 5
      failureThreshold: 2
    # Until no request is sent here any more: endpoints are taken away while it stops.
    lifecycle:
      preStop: {exec: {command: [sleep, "5"]}}
    {{- end }}
    resources:
      {{- toYaml (get $values $part).resources | nindent 6 }}
    {{- else }}
    resources:
      {{- toYaml $values.relay.resources | nindent 6 }}
    {{- end }}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      - {name: data, mountPath: /data}
      {{- if $items }}
      - {name: secrets, mountPath: /run/secrets/rollcall, readOnly: true}
      {{- end }}
      {{- if and (not $sqlite) $values.database.existingSecret }}
      - {name: database, mountPath: /run/secrets/database, readOnly: true}
      {{- end }}
      {{- if and $values.policy (not $migrates) }}
      - {name: policy, mountPath: /etc/rollcall, readOnly: true}
      {{- end }}
      {{- if $sees }}
      - {name: repo, mountPath: /munki_repo, readOnly: {{ has $part (list "bot" "relay") }}}
      {{- end }}
      {{- if and (eq $values.repo.kind "git") $values.repo.existingSecret (not (has $part (list "migrate" "live"))) }}
      - {name: ssh, mountPath: /home/rollcall/.ssh, readOnly: true}
      {{- end }}
      {{- range $values.files }}
      - {name: {{ .volume.name | quote }}, mountPath: {{ .path | quote }}, readOnly: true}
      {{- end }}
volumes:
  - {name: tmp, emptyDir: {}}
  {{- if and $sqlite (not $migrates) }}
  - name: data
    persistentVolumeClaim: {claimName: {{ include "rollcall.name" $root }}-data}
  {{- else }}
  - {name: data, emptyDir: {}}
  {{- end }}
  {{- if $items }}
  - name: secrets
    secret:
      secretName: {{ $values.existingSecret | quote }}
      defaultMode: 0440
      items:
        {{- range $items }}
        - {key: {{ . }}, path: {{ . }}}
        {{- end }}
  {{- end }}
  {{- if and (not $sqlite) $values.database.existingSecret }}
  - name: database
    secret:
      secretName: {{ $values.database.existingSecret | quote }}
      defaultMode: 0440
      items: [{key: {{ $values.database.passwordKey | quote }}, path: password}]
  {{- end }}
  {{- if and $values.policy (not $migrates) }}
  - name: policy
    configMap: {name: {{ include "rollcall.name" $root }}-policy}
  {{- end }}
  {{- if $sees }}
  - name: repo
    persistentVolumeClaim: {claimName: {{ $values.repo.claim | quote }}}
  {{- end }}
  {{- if and (eq $values.repo.kind "git") $values.repo.existingSecret (not (has $part (list "migrate" "live"))) }}
  - name: ssh
    secret: {secretName: {{ $values.repo.existingSecret | quote }}, defaultMode: 0440}
  {{- end }}
  {{- range $values.files }}
  - {{- toYaml .volume | nindent 4 }}
  {{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
