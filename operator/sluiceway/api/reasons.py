"""The vocabulary of status: condition types, and the reasons that a condition may give."""

from enum import StrEnum


class ConditionType(StrEnum):
    """The conditions of a ModelDeployment; all are present from the operator's first visit."""

    READY = "Ready"  # the revision that the spec asks for serves, with the wanted replicas
    AVAILABLE = "Available"  # some revision serves
    RECONCILING = "Reconciling"  # the operator is on its way to what the spec asks for
    PROGRESSING = "Progressing"  # the rollout goes on by itself; False: it waits for somebody or something
    STALLED = "Stalled"  # the way is blocked; the message says by what
    CANDIDATE_HEALTHY = "CandidateHealthy"  # the revision being tried answers as its objectives ask
    TRAFFIC_READY = "TrafficReady"  # the gateway sends requests to the revision that serves
    SIGNALS_AVAILABLE = "SignalsAvailable"  # there are measurements to judge by
    ROLLED_BACK = "RolledBack"  # the spec's revision broke its objectives and is refused
    AUTOSCALING_READY = "AutoscalingReady"  # autoscalers know what they go by


class Reason(StrEnum):
    """Why a condition is what it is; the words that users filter and alert by."""

    # The way of a revision.
    PENDING = "Pending"  # pods are created; the image is not there yet
    LOADING = "Loading"  # the server runs and loads the model
    VERIFYING = "Verifying"  # the model is asked for its signature and its golden inputs
    SERVING = "Serving"  # the revision answers requests
    SERVED = "Served"  # another revision took over from it
    PROGRESSING = "Progressing"  # a new revision is on its way
    SETTLED = "Settled"  # nothing is left to do
    HEALTHY = "Healthy"  # nothing speaks against the revision
    NOT_STALLED = "NotStalled"  # nothing blocks the way
    SCALED_TO_ZERO = "ScaledToZero"  # no replicas are asked for
    NOT_ENOUGH_REPLICAS = "NotEnoughReplicas"  # fewer pods than wanted are ready
    NO_REVISION_SERVES = "NoRevisionServes"  # no revision has ever become ready, or none is now
    NO_CANDIDATE = "NoCandidate"  # no revision is being tried
    AWAITING_PROMOTION = "AwaitingPromotion"  # the step has a gate: a person lets the rollout go on
    PAUSED = "Paused"  # a person stopped the rollout where it is
    ABORTED = "Aborted"  # a person took the traffic back from the revision and refused it
    ROLLED_BACK = "RolledBack"  # the traffic was taken back from the spec's revision, which is refused
    SUPERSEDED = "Superseded"  # the spec asked for another revision in the middle of the rollout
    NOT_ROLLED_BACK = "NotRolledBack"  # traffic was not taken back from the spec's revision
    NOT_CONFIGURED = "NotConfigured"  # the spec does not ask for this

    # What blocks it.
    LOAD_FAILED = "LoadFailed"  # the model did not become ready in time, or its server ends again and again
    IMAGE_PULL_FAILED = "ImagePullFailed"  # a node can not get the image
    START_FAILED = "StartFailed"  # the container can not be set up: a missing Secret, ConfigMap or directory
    PODS_REFUSED = "PodsRefused"  # a quota, Pod Security or an admission webhook keeps the pods from starting
    WRITE_REFUSED = "WriteRefused"  # the API server refuses an object that the operator needs
    UNSCHEDULABLE = "Unschedulable"  # no node has room for a pod
    INSUFFICIENT_GPU = "InsufficientGPU"  # pods wait for GPUs or other whole resources that are in use
    CLAIM_NOT_FOUND = "ClaimNotFound"  # the PersistentVolumeClaim of the model does not exist
    CLAIM_NOT_REACHABLE = "ClaimNotReachable"  # the volume of the model can not be mounted where it is needed
    GOLDEN_MISMATCH = "GoldenMismatch"  # a golden input is refused, or its answer is not the expected one
    SIGNATURE_CHANGED = "SignatureChanged"  # an input or output that callers rely on was dropped or changed
    INVALID_POD = "InvalidPod"  # the API server refuses the pods that the runtime describes
    INVALID_SPEC = "InvalidSpec"  # the operator can not read the spec
    NAME_CONFLICT = "NameConflict"  # an object that someone else owns has a name that is needed
    NAME_TOO_LONG = "NameTooLong"  # the resource's name leaves no room for the names of its revisions

    # Traffic.
    NO_GATEWAY = "NoGateway"  # no traffic is asked for: the model is reachable inside the cluster only
    GATEWAY_NOT_FOUND = "GatewayNotFound"  # a gateway that the spec names does not exist
    GATEWAY_API_MISSING = "GatewayAPIMissing"  # the cluster has no Gateway API
    ROUTE_PENDING = "RoutePending"  # the gateway has not yet answered for the route
    ROUTE_NOT_ACCEPTED = "RouteNotAccepted"  # the gateway refuses the route
    ROUTE_ACCEPTED = "RouteAccepted"  # every gateway serves the route as it is now
    HOSTNAME_TAKEN = "HostnameTaken"  # another ModelDeployment has the hostname on the same gateway

    # Judgement.
    OBJECTIVE_BROKEN = "ObjectiveBroken"  # more requests were bad than an objective allows
    CAUSE_SHARED = "CauseShared"  # the revision before broke the same objective: the model was not the cause
    STABLE_BROKEN = "StableBroken"  # both revisions break an objective at the same time
    SIGNALS_MISSING = "SignalsMissing"  # nothing could be measured
    INSUFFICIENT = "Insufficient"  # too few requests, or too little time, to tell

    # Measurements.
    MEASURED = "Measured"  # all that measures the revisions under judgement answers
    NOT_MEASURED = "NotMeasured"  # no revision is under judgement, or its guards are about to be asked
    QUERY_FAILED = "QueryFailed"  # a provider of metrics gives no answer that can be judged by
    GUARD_UNREACHABLE = "GuardUnreachable"  # the guard of a pod does not answer the operator
    GUARD_CONFIG_REJECTED = "GuardConfigRejected"  # a guard goes on with an earlier configuration
    GUARD_DISABLED = "GuardDisabled"  # a revision under judgement has no guard

    # The number of pods.
    AUTOSCALING = "Autoscaling"  # autoscalers measure what they go by
    AUTOSCALER_PENDING = "AutoscalerPending"  # an autoscaler has not measured anything yet
    KEDA_MISSING = "KEDAMissing"  # the cluster has no KEDA, which the spec asks for
    METRIC_UNKNOWN = "MetricUnknown"  # an autoscaler does not get what it goes by
    UNABLE_TO_SCALE = "UnableToScale"  # an autoscaler can not change the number of pods


REFUSING = frozenset(
    {
        Reason.ABORTED,
        Reason.GOLDEN_MISMATCH,
        Reason.OBJECTIVE_BROKEN,
        Reason.CAUSE_SHARED,
        Reason.SIGNALS_MISSING,
        Reason.INSUFFICIENT,
    }
)
"""How attempts end after which a revision is not tried again by itself."""
