"""Valid resources: the least that can be written, and one that uses every field."""

from __future__ import annotations

from typing import Any

import yaml

EVERYTHING = """
model:
  name: Fraud_2.1
  source:
    persistentVolumeClaim: {claimName: models, path: a/..b/c..}
  golden:
  - name: known-fraud
    deadlineSeconds: 30
    inputs:
    - {name: features, datatype: FP32, shape: [1, 4], data: [1, -0.25, 123456.125, NaN]}
    - {name: ids, datatype: UINT64, shape: [2], data: ["18446744073709551615", 7]}
    - {name: none, datatype: INT8, shape: [0]}
    outputs:
    - name: score
      datatype: FP32
      shape: [1, 1]
      data: [0.92]
      tolerance: {absolute: "0.001", relative: "1.5e-2"}
    - {name: flags, datatype: BOOL, data: [true, false]}
    - {name: words, datatype: BYTES, shape: [2], data: ["yes", "1"]}
    - {name: exact, datatype: FP64, data: [Infinity], tolerance: {}}
runtime:
  image: registry.example:5000/triton@sha256:0123
  imagePullPolicy: Always
  imagePullSecrets: [{name: registry}]
  # Every flag of tritonserver that the operator leaves to users (src/command_line_parser.cc).
  args: [
    --id, --disable-auto-complete-config, --repository-poll-secs, --model-load-thread-count,
    --model-load-retry-count, --model-namespacing, --reuse-http-port, --http-header-forward-pattern,
    --http-thread-count, --reuse-grpc-port, --grpc-header-forward-pattern,
    --grpc-infer-allocation-pool-size, --grpc-server-cert, --grpc-server-key, --grpc-root-cert,
    --grpc-infer-response-compression-level, --grpc-keepalive-time, --grpc-keepalive-timeout,
    --grpc-keepalive-permit-without-calls, --grpc-http2-max-pings-without-data,
    --grpc-http2-min-recv-ping-interval-without-data, --grpc-http2-max-ping-strikes,
    --grpc-max-connection-age, --grpc-max-connection-age-grace, --log-verbose, --log-info,
    --log-warning, --log-error, --log-format, --log-file, --allow-gpu-metrics, --allow-cpu-metrics,
    --metrics-interval-ms, --metrics-config, --trace-config, --cache-config, --cache-directory,
    --rate-limit, --rate-limit-resource, --pinned-memory-pool-byte-size, --cuda-memory-pool-byte-size,
    --cuda-virtual-address-size, --min-supported-compute-capability, --buffer-manager-thread-count,
    --host-policy, --model-load-gpu-limit, --backend-directory, --backend-config, --repoagent-directory,
    --strict-model-config, --log-verbose=1, value of a flag
  ]
  env:
  - {name: EMPTY, value: ""}
  - {name: PLAIN, value: text}
  - {name: A, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}
  - {name: B, valueFrom: {configMapKeyRef: {name: c, key: k, optional: false}}}
  - {name: C, valueFrom: {fieldRef: {fieldPath: status.podIP, apiVersion: v1}}}
  - {name: D, valueFrom: {resourceFieldRef: {resource: limits.memory, containerName: triton, divisor: 1Mi}}}
  resources:
    requests: {cpu: 500m, memory: 1e9, nvidia.com/gpu: "1"}
    limits: {cpu: "1.5", memory: 16Gi, nvidia.com/gpu: 1}
  nodeSelector: {gpu: l4}
  tolerations:
  - {key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}
  - {key: slow, value: "yes", effect: NoExecute, tolerationSeconds: 60}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - &nodes
          matchExpressions: [{key: zone, operator: In, values: [a, b]}]
          matchFields: [{key: metadata.name, operator: NotIn, values: [node-1]}]
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, preference: *nodes}]
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - &pods
        topologyKey: zone
        labelSelector: &labels
          matchLabels: {app: cache}
          matchExpressions: [{key: tier, operator: NotIn, values: [test]}]
        namespaces: [other]
        namespaceSelector: *labels
        matchLabelKeys: [x]
        mismatchLabelKeys: [y]
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: *pods}]
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution: [*pods]
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: *pods}]
  topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: zone
    whenUnsatisfiable: DoNotSchedule
    labelSelector: *labels
    minDomains: 2
    nodeAffinityPolicy: Ignore
    nodeTaintsPolicy: Honor
    matchLabelKeys: [sluiceway.dev/revision]
  priorityClassName: high
  runtimeClassName: nvidia
  serviceAccountName: models
  volumes:
  - {name: a, configMap: {name: c, optional: true, defaultMode: 288, items: [{key: k, path: p/q, mode: 256}]}}
  - {name: b, secret: {secretName: s, optional: true, defaultMode: 288, items: [{key: k, path: p, mode: 0}]}}
  - {name: c, emptyDir: {}}
  - {name: d, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
  - {name: e, persistentVolumeClaim: {claimName: cache, readOnly: true}}
  volumeMounts:
  - {name: a, mountPath: /etc/models, readOnly: true}
  - {name: b, mountPath: /tmp/secret, subPath: p}
  - {name: c, mountPath: /data/}
  - {name: e, mountPath: /modelsx/..a}
  sharedMemory: 1.5Gi
  startupSeconds: 7200
  drain: {endpointSeconds: 0, requestSeconds: 3600}
guard: Enabled
replicas: 1
autoscaling:
  class: HorizontalPodAutoscaler
  minReplicas: 2
  maxReplicas: 1000
  metrics:
  - {type: CPU, targetPercent: 80}
  - {type: Memory, targetPercent: 10000}
  - {type: PendingRequests, targetPerPod: 500m}
  - {type: QueueTime, targetPercent: 150}
  - {type: GPUUtilization, targetPercent: 100}
  - type: Raw
    metric:
      type: Pods
      pods:
        metric: &named
          name: waiting
          selector: {matchLabels: {a: b}, matchExpressions: [{key: tier, operator: NotIn, values: [test]}]}
        target: &each {type: AverageValue, averageValue: "4"}
  - type: Raw
    metric:
      type: Object
      object: &object
        describedObject: {apiVersion: v1, kind: Service, name: fraud}
        metric: *named
        target: &whole {type: Value, value: 1k}
  - {type: Raw, metric: {type: Object, object: {<<: *object, target: *each}}}
  - {type: Raw, metric: {type: External, external: {metric: *named, target: *each}}}
  - {type: Raw, metric: {type: External, external: {metric: *named, target: *whole}}}
  behavior:
    scaleUp: &quick
      stabilizationWindowSeconds: 0
      selectPolicy: Max
      policies: [{type: Pods, value: 4, periodSeconds: 15}, {type: Percent, value: 100, periodSeconds: 1800}]
      tolerance: "0.05"
    scaleDown: {<<: *quick, stabilizationWindowSeconds: 3600, selectPolicy: Disabled}
traffic:
  match: ModelPath
  hostnames: [a.example, "*.b.example", localhost]
  parentRefs:
  - {name: public, namespace: gateways, sectionName: https, port: 443}
  - {name: public, namespace: gateways, sectionName: http}
  - {name: public}
  - {name: other}
slo:
  objectives:
  - {name: a, type: ErrorRate, targetPercent: "50", timeoutSeconds: 3600, grpcCodes: [UNKNOWN, CANCELLED]}
  - {name: fast-1, type: Latency, targetPercent: "99.9999", thresholdMilliseconds: 60000}
  - {name: callers, type: CallerError, grpcCodes: [INVALID_ARGUMENT]}
  - name: features
    type: Custom
    targetPercent: "99"
    query:
      provider: main
      # Words of a query that are not the functions: generate(d)_total, delta_total, rates.
      total: sum(rates{pod=~"{{revision}}-.*", namespace="{{namespace}}", model="{{name}}"}) or generate_total
      bad: sum by (pod) (delta_total{pod=~"{{revision}}-.*"})
      by: pod
  gateway: {provider: main, dataPlane: EnvoyGateway, backends: Filtered}
  callerErrors: Disabled
  falseRollbackPercent: "10.0"
  hiccupSamples: 1
  minRequests: 0
  maxStepSeconds: 604800
  onInsufficient: Promote
  noDataSeconds: 86400
  onNoData: Continue
  onStableBroken: Advance
rollout:
  strategy: Canary
  steps:
  - {weight: 1, seconds: 0, gate: false}
  - {weight: 100, seconds: 604800, gate: true}
  keepPreviousSeconds: 0
  bakeSeconds: 0
  preview: Disabled
  allowSignatureChange: true
  historyLimit: 100
  rollbackWindow: {revisions: 20}
  maxSurge: 25%
  maxUnavailable: "2"
"""

BY_RESOURCES = """
class: HorizontalPodAutoscaler
maxReplicas: 1
minReplicas: 1
metrics:
- type: Raw
  metric: {type: Resource, resource: &used {name: cpu, target: {type: AverageValue, averageValue: 1500m}}}
- {type: Raw, metric: {type: ContainerResource, containerResource: {<<: *used, container: triton}}}
- type: Raw
  metric: {type: Resource, resource: &busy {name: cpu, target: {type: Utilization, averageUtilization: 80}}}
- {type: Raw, metric: {type: ContainerResource, containerResource: {<<: *busy, container: istio-proxy}}}
"""
"""An autoscaling by all that pods use."""

BY_KEDA = """
class: ScaledObject
minReplicas: 0
maxReplicas: 1
metrics:
- {type: PendingRequests, targetPerPod: "4"}
- type: Raw
  trigger:
    type: prometheus
    metricType: Value
    metadata: {query: 'up{a="{{revision}}",b="{{namespace}}",c="{{name}}"}', threshold: ""}
    authenticationRef: &by {name: prometheus, kind: ClusterTriggerAuthentication}
prometheus: {serverAddress: "https://prometheus:9090/a/b", authenticationRef: *by}
pollingSeconds: 1
cooldownSeconds: 86400
"""
"""An autoscaling that KEDA does."""

LINEAR = {"linear": {"weight": 20, "seconds": 30}}
"""What can not stand beside the steps of a rollout."""


def everything() -> dict[str, Any]:
    """A spec that uses every field but `LINEAR`."""
    spec: dict[str, Any] = yaml.safe_load(EVERYTHING)
    return spec


def everything_linear() -> dict[str, Any]:
    """A spec that uses every field but the steps of a rollout, without a guard."""
    spec = everything()
    rollout = {key: value for key, value in spec["rollout"].items() if key != "steps"}
    scaled = {"autoscaling": yaml.safe_load(BY_RESOURCES)}
    return spec | {"rollout": rollout | LINEAR, "guard": "Disabled"} | scaled


def everything_by_keda() -> dict[str, Any]:
    """A spec that uses every field, and those of an autoscaling by KEDA."""
    return everything() | {"autoscaling": yaml.safe_load(BY_KEDA)}
