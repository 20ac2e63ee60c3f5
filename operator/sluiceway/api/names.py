"""The names under which Sluiceway is known to a cluster: API group, labels, annotations, field managers."""

GROUP = "sluiceway.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
KIND = "ModelDeployment"
PLURAL = "modeldeployments"
SINGULAR = "modeldeployment"
SHORT = "mdep"
CATEGORY = "sluiceway"

LABEL_MODEL_DEPLOYMENT = f"{GROUP}/model-deployment"
LABEL_REVISION = f"{GROUP}/revision"
LABEL_MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGED_BY = "sluiceway"

ANNOTATION_INTENT = f"{GROUP}/intent-hash"
# On the object that leads callers, in one write with where it leads them: the memory of the rollout.
ANNOTATION_ROLLOUT = f"{GROUP}/rollout"
# On a revision's ControllerRevision: how its last attempt ended.
ANNOTATION_OUTCOME = f"{GROUP}/outcome"
# Beside it, while it is on trial: what is known of its objectives.
ANNOTATION_JUDGEMENT = f"{GROUP}/judgement"
# Beside it, once the revision is verified: its inputs and outputs.
ANNOTATION_SIGNATURE = f"{GROUP}/signature"

# Tells a gateway which model a gRPC call is for, where several models share a hostname.
HEADER_MODEL = "sluiceway-model"
# Leads to the revision of that name, whatever the weights are.
HEADER_REVISION = "sluiceway-revision"
# Opens what only kubelet may ask of a guard.
HEADER_GUARD_KEY = "sluiceway-guard-key"

# One field manager per concern: server-side apply removes what its manager stops sending.
MANAGER_OBJECTS = "sluiceway"
MANAGER_TRAFFIC = "sluiceway-traffic"
MANAGER_STATUS = "sluiceway-status"

# A revision is called "<name>-<hash>", the hash with its hyphen at most 11 characters. Kubernetes cuts the
# generated name of a pod to 58 characters before its random suffix; 45 + 11 keeps the whole revision in it,
# and stays below the 63 characters that a Service name and a label value may have.
MAX_NAME_LENGTH = 45

# Volume names that begin so belong to the operator.
RESERVED_VOLUME_PREFIX = "sluiceway-"

# Where the operator mounts what Triton needs; users' volumes may not hide these.
MODEL_REPOSITORY_PATH = "/models"
SHARED_MEMORY_PATH = "/dev/shm"  # noqa: S108  (a mount point in the pod, not a file that is opened here)
TEMPORARY_PATH = "/tmp"  # noqa: S108
