{{- define "keyward.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "keyward.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "keyward.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Variables that name the files of the Secret, and all others. */}}
{{- define "keyward.env" -}}
{{- range $variable, $item := .Values.secret.items }}
{{- if $item }}
- name: {{ $variable }}_FILE
  value: /run/secrets/keyward/{{ $item }}
{{- end }}
{{- end }}
{{- range $variable, $value := .Values.env }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- name: {{ $variable }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "keyward.secretVolume" -}}
- name: secrets
  secret:
    secretName: {{ .Values.secret.name }}
    defaultMode: 0440
{{- end -}}

{{- define "keyward.secretMount" -}}
- name: secrets
  mountPath: /run/secrets/keyward
  readOnly: true
{{- end -}}
