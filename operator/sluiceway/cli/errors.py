"""What to do about an error of the API server, in one sentence for the person at the keyboard."""

from __future__ import annotations

from sluiceway.ports import ClusterError, KindMissing, Refused, Unavailable


def explain(error: ClusterError) -> str:
    """Return the error and its remedy."""
    match error:
        case KindMissing():
            return (
                f"the ModelDeployment CRD is not installed ({error}): install it with"
                " `sluiceway crds | kubectl apply --server-side -f -`"
            )
        case Unavailable():
            return (
                f"the API server does not answer as it should ({error}): check that the cluster runs, and"
                " that address and credentials in the kubeconfig are right"
            )
        case Refused() if "forbidden" in str(error):
            return (
                f"{error}: ask for the rights that the operator's chart gives it; if you have them in one"
                " namespace only, say so with --namespace (run) or --namespaced (plan)"
            )
        case _:
            return str(error)
