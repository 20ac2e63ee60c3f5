"""The guard: Envoy as a native sidecar in front of Triton, and how it is configured.

The configuration is Envoy's own, in JSON: what never changes while a pod lives (`bootstrap`) and the
routes (`routes`), which Envoy takes up from its files without a restart, or refuses and goes on with
those before. Field names are those of Envoy's API v3, as its documentation lists them.
"""
