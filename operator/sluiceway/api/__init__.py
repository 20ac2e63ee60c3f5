"""What users write and read: the resources as pydantic models, from which the CRD files are generated."""

from sluiceway.api.affinity import Affinity
from sluiceway.api.autoscaling import AutoscalerClass, Autoscaling
from sluiceway.api.env import EnvVar
from sluiceway.api.history import Entry
from sluiceway.api.meta import ApiModel
from sluiceway.api.model import Model, ModelSource, PersistentVolumeClaimSource
from sluiceway.api.objectives import Objective, ObjectiveType
from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.api.resource import Metadata, ModelDeployment
from sluiceway.api.runtime import Drain, ResourceRequirements, Runtime
from sluiceway.api.scaled_by import Metric, MetricType
from sluiceway.api.scheduling import Toleration, TopologySpreadConstraint
from sluiceway.api.slo import Slo
from sluiceway.api.spec import ModelDeploymentSpec
from sluiceway.api.status import Address, Condition, ModelDeploymentStatus
from sluiceway.api.traffic import Match, ParentRef, Traffic
from sluiceway.api.volumes import Volume, VolumeMount

__all__ = [
    "Address",
    "Affinity",
    "ApiModel",
    "AutoscalerClass",
    "Autoscaling",
    "Condition",
    "ConditionType",
    "Drain",
    "Entry",
    "EnvVar",
    "Match",
    "Metadata",
    "Metric",
    "MetricType",
    "Model",
    "ModelDeployment",
    "ModelDeploymentSpec",
    "ModelDeploymentStatus",
    "ModelSource",
    "Objective",
    "ObjectiveType",
    "ParentRef",
    "PersistentVolumeClaimSource",
    "Reason",
    "ResourceRequirements",
    "Runtime",
    "Slo",
    "Toleration",
    "TopologySpreadConstraint",
    "Traffic",
    "Volume",
    "VolumeMount",
]
