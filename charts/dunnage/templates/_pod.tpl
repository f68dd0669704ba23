{{- define "dunnage.name" -}}
{{- .Release.Name | trunc 26 | trimSuffix "-" -}}
{{- end -}}

{{- define "dunnage.labels" -}}
app.kubernetes.io/name: dunnage
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "dunnage.selector" -}}
app.kubernetes.io/name: dunnage
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The pod of the service, or of a job: `arguments` and `probes` differ. */}}
{{- define "dunnage.pod" -}}
{{- $values := .root.Values -}}
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
serviceAccountName: {{ $values.serviceAccount.name | default (include "dunnage.name" .root) }}
automountServiceAccountToken: {{ ne $values.serviceAccount.name "" }}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
securityContext:
  {{- toYaml $values.podSecurityContext | nindent 2 }}
containers:
  - name: dunnage
    image: "{{ $values.image.repository }}:{{ $values.image.tag | default .root.Chart.AppVersion }}"
    imagePullPolicy: {{ $values.image.pullPolicy }}
    args: {{ toJson .arguments }}
    {{- with $values.env }}
    env:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- if .probes }}
    {{- with $values.networkPolicy.listenPort }}
    ports:
      - name: http
        containerPort: {{ . }}
    {{- end }}
    startupProbe:
      exec:
        command: [dunnage, healthcheck, --config, /config/dunnage.yaml]
      periodSeconds: 5
      failureThreshold: 60
      timeoutSeconds: 10
    livenessProbe:
      exec:
        command: [dunnage, healthcheck, --config, /config/dunnage.yaml]
      periodSeconds: 60
      timeoutSeconds: 10
    {{- end }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    resources:
      {{- toYaml $values.resources | nindent 6 }}
    volumeMounts:
      - name: config
        mountPath: /config
        readOnly: true
      {{- if $values.secretName }}
      - name: secrets
        mountPath: /run/secrets
        readOnly: true
      {{- end }}
      - name: state
        mountPath: {{ $values.state.path }}
      - name: tmp
        mountPath: /tmp
      {{- with $values.volumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - name: config
    configMap:
      name: {{ include "dunnage.name" .root }}-config
  {{- with $values.secretName }}
  - name: secrets
    secret:
      secretName: {{ . }}
      defaultMode: 288 # 0440
  {{- end }}
  - name: state
    persistentVolumeClaim:
      claimName: {{ .claim }}
  - name: tmp
    emptyDir:
      sizeLimit: {{ $values.temporarySize }}
  {{- with $values.volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
