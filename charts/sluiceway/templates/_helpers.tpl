{{/* Name of the release's objects: the release's own name when it says "sluiceway" already. */}}
{{- define "sluiceway.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sluiceway.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "sluiceway.fullname" .) -}}
{{- end -}}

{{/* Never changes: a Deployment's selector is immutable. */}}
{{- define "sluiceway.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "sluiceway.labels" -}}
{{ include "sluiceway.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: sluiceway
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "sluiceway.image" -}}
{{- $repository := required "image.repository is not set: name the repository that holds the operator's image, for example --set image.repository=registry.example.com/sluiceway" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* What `sluiceway run --config` reads. */}}
{{- define "sluiceway.config" -}}
{{- $names := list -}}
{{- range .Values.providers -}}
{{- if has .name $names -}}
{{- fail (printf "providers: two are called %s: resources name one by its name" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- toYaml (dict "providers" .Values.providers) -}}
{{- end -}}
