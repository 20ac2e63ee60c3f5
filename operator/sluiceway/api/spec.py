"""What a team asks for."""

from typing import Annotated

from pydantic import Field

from sluiceway.api.autoscaling import Autoscaling
from sluiceway.api.guard import Guard
from sluiceway.api.meta import ApiModel, rule, rules
from sluiceway.api.model import Model
from sluiceway.api.rollout import Rollout, some
from sluiceway.api.runtime import Runtime
from sluiceway.api.scalars import Int32
from sluiceway.api.scaling_rules import SCALING_RULES
from sluiceway.api.slo import Slo
from sluiceway.api.traffic import Traffic


class ModelDeploymentSpec(ApiModel):
    """What is asked for. A change of model or runtime makes a new revision; other changes restart nothing."""

    model_config = rules(
        rule(
            "has(self.traffic) || !has(self.rollout)"
            " || ((!has(self.rollout.steps) || size(self.rollout.steps) == 0) && !has(self.rollout.linear))",
            "Leave out rollout.steps and rollout.linear, or give traffic: without a gateway there are no"
            " shares of requests, and a new revision takes over by one switch",
            field=".rollout",
        ),
        rule(
            "has(self.traffic) || !has(self.rollout) || !has(self.rollout.rollbackWindow)",
            "Leave out rollout.rollbackWindow, or give traffic: without a gateway there are no steps to leave"
            " out",
            field=".rollout.rollbackWindow",
        ),
        rule(
            "!has(self.slo) || has(self.slo.gateway) || self.guard != 'Disabled'",
            "Set guard to Enabled, or give slo.gateway or leave out slo: without the guard and the gateway's"
            " metrics nothing could be measured",
            field=".slo",
        ),
        rule(
            "!has(self.slo) || !has(self.slo.gateway) || has(self.traffic)",
            "Leave out slo.gateway, or give traffic: without a gateway there are no metrics of one",
            field=".slo.gateway",
        ),
        rule(
            "!has(self.rollout) || !has(self.rollout.bakeSeconds) || has(self.slo)",
            "Leave out rollout.bakeSeconds, or give slo: it says how long objectives are watched, and there"
            " are none. How long the previous revision stays is keepPreviousSeconds",
            field=".rollout.bakeSeconds",
        ),
        rule(
            "has(self.traffic) || !has(self.rollout) || !has(self.rollout.maxSurge)",
            "Leave out rollout.maxSurge, or give traffic: without a gateway all requests move at once, to"
            " pods that must all be there",
            field=".rollout.maxSurge",
        ),
        rule(
            "!has(self.rollout) || !has(self.rollout.maxSurge)"
            f" || {some('rollout.maxSurge')}"
            " || (has(self.autoscaling) ? self.autoscaling.minReplicas > 1 : self.replicas != 1)",
            "Let rollout.maxSurge be 1 or more, or have two pods at least (replicas, or"
            " autoscaling.minReplicas): the only pod would have to go before another one answers",
            field=".rollout.maxSurge",
        ),
        *SCALING_RULES,
    )

    model: Model
    """The model that is served. A change here makes a new revision."""

    runtime: Runtime
    """How the model is run. A change here makes a new revision, with new pods."""

    guard: Guard = Guard.ENABLED
    """Whether every pod has a guard: Envoy in front of Triton, which counts each response as its caller sees
    it and closes Triton's control API. Disabled, nothing of that can be seen or closed.
    A change here makes a new revision."""

    replicas: Annotated[Int32, Field(ge=0, le=1000)] = 1
    """Number of pods that serve the model. Beside autoscaling it stays 1, which then means nothing."""

    autoscaling: Autoscaling | None = None
    """Lets the number of pods follow the load, by a HorizontalPodAutoscaler of every revision that is in use.
    Without it there are replicas pods."""

    traffic: Traffic | None = None
    """How requests from outside the cluster reach the model.
    Without it, the model is reachable inside the cluster only."""

    slo: Slo | None = None
    """What a new revision is judged by, while it is tried and after it took over; when it breaks that, the
    requests go back. Without it, only people take them back. A change here makes no new revision."""

    rollout: Rollout = Rollout()
    """How a new revision takes over from the one that serves."""
