"""`kubectl sluiceway`: what people do with model deployments."""
