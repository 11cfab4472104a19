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

{{/* The listeners with TLS, each with its Secret. */}}
{{- define "keyward.tlsEnv" -}}
{{- range $listener, $secret := dict "public" .Values.tls.publicSecretName "internal" .Values.tls.internalSecretName }}
{{- if $secret }}
- name: KEYWARD_{{ upper $listener }}_TLS_CERTIFICATE_FILE
  value: /run/secrets/keyward-tls-{{ $listener }}/tls.crt
- name: KEYWARD_{{ upper $listener }}_TLS_KEY_FILE
  value: /run/secrets/keyward-tls-{{ $listener }}/tls.key
{{- end }}
{{- end }}
{{- if .Values.tls.clientCertificates }}
- name: KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE
  value: /run/secrets/keyward-tls-internal/ca.crt
{{- end }}
{{- end -}}

{{- define "keyward.tlsVolumes" -}}
{{- range $listener, $secret := dict "public" .Values.tls.publicSecretName "internal" .Values.tls.internalSecretName }}
{{- if $secret }}
- name: tls-{{ $listener }}
  secret:
    secretName: {{ $secret }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end -}}

{{- define "keyward.tlsMounts" -}}
{{- range $listener, $secret := dict "public" .Values.tls.publicSecretName "internal" .Values.tls.internalSecretName }}
{{- if $secret }}
- name: tls-{{ $listener }}
  mountPath: /run/secrets/keyward-tls-{{ $listener }}
  readOnly: true
{{- end }}
{{- end }}
{{- end -}}
