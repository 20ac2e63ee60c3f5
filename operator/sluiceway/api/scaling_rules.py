"""Who owns the number of pods, and what an autoscaler can not work without: rules on the whole spec."""

from sluiceway.api.meta import rule

_RESOURCES = "self.runtime.resources"


def _asks_for(metric: str) -> str:
    return f"has(self.autoscaling) && self.autoscaling.metrics.exists(metric, metric.type == '{metric}')"


def _gives(field: str, resource: str) -> str:
    given = f"{_RESOURCES}.{field}"
    return f"(has({_RESOURCES}) && has({given}) && '{resource}' in {given})"


def _requests(resource: str) -> str:
    # A container that gives a limit alone requests as much.
    return f"({_gives('requests', resource)} || {_gives('limits', resource)})"


SCALING_RULES = (
    rule(
        # The schema gives replicas a default, so that GET of the scale subresource works for everybody: 1 may
        # be what nobody wrote.
        "!has(self.autoscaling) || self.replicas == 1",
        "Change autoscaling.minReplicas and maxReplicas: an autoscaler owns the number of pods. Leave"
        " replicas out, or set it to 1 where another number is stored",
        field=".replicas",
    ),
    rule(
        "!has(oldSelf.autoscaling) || has(self.autoscaling) || self.replicas != 1"
        " || oldSelf.autoscaling.maxReplicas == 1",
        "Give replicas, the number of pods from now on, when you take autoscaling away: without it there"
        " would be 1. To come down to 1, set autoscaling.maxReplicas to 1 first",
        field=".replicas",
    ),
    rule(
        f"!({_asks_for('CPU')}) || {_requests('cpu')}",
        "Give runtime.resources.requests.cpu, or leave out the metric CPU: it is measured in percent of that",
        field=".autoscaling.metrics",
    ),
    rule(
        f"!({_asks_for('Memory')}) || {_requests('memory')}",
        "Give runtime.resources.requests.memory, or leave out the metric Memory: it is measured in percent of"
        " that",
        field=".autoscaling.metrics",
    ),
    rule(
        f"!({_asks_for('GPUUtilization')}) || {_gives('limits', 'nvidia.com/gpu')}",
        "Give nvidia.com/gpu under runtime.resources.limits, or leave out the metric GPUUtilization: the pods"
        " have no GPU",
        field=".autoscaling.metrics",
    ),
)
