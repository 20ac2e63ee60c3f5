"""Flags of tritonserver that users may not give: the operator gives them or relies on their defaults."""

from sluiceway.api.meta import Rule

# Names from src/command_line_parser.cc of triton-inference-server/server.
RESERVED_FLAGS = (
    "--model-repository",
    "--model-store",  # another name of --model-repository
    "--model-control-mode",
    "--load-model",
    "--exit-on-error",
    "--exit-timeout-secs",
    "--strict-readiness",
    "--allow-http",
    "--http-address",
    "--http-port",
    "--http-restricted-api",
    "--allow-grpc",
    "--grpc-address",
    "--grpc-port",
    "--grpc-restricted-protocol",
    "--grpc-use-ssl",  # gateways are told that the port speaks HTTP/2 without TLS
    "--grpc-use-ssl-mutual",
    "--allow-metrics",
    "--metrics-address",
    "--metrics-port",
    "--allow-sagemaker",  # these two open a further port, past the route and the restricted APIs
    "--allow-vertex-ai",
)

# getopt_long accepts the beginning of a flag for the flag ("--http-po=9"), and "--" ends all flags: both are
# found by asking whether the text up to the "=" begins one of the reserved flags.
ALLOWED_FLAG = Rule(
    f"!self.startsWith('--') || !' {' '.join(RESERVED_FLAGS)}'.contains(' ' + self.split('=')[0])",
    "Leave this flag out: the operator sets the model repository and control mode, ports and addresses, TLS,"
    " readiness and exit behaviour. Other flags of tritonserver are welcome, written out in full, such as"
    " --log-verbose=1, --backend-config, --cache-config, --rate-limit or --metrics-config",
)
