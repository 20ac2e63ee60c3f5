"""Trains a small fraud detector on made-up payments and writes it as a Triton model.

Needs PyTorch (1.13 or newer) and the files beside it. The same seed gives the same answers.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from torch import nn

FEATURES = 8
_PAYMENTS = 4096
_STEPS = 80


def main():
    """Write the model and print what it answers to a few payments."""
    arguments = _arguments()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    network, accuracy = _trained()
    expected = _write(network, arguments)
    print(f"{arguments.output}: seed {arguments.seed}, accuracy {accuracy:.1%}, expected answers:")
    print(json.dumps(expected))


def _arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "output",
        type=Path,
        help="folder of the model, for example /models/fraud; its version 1 is replaced",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=7,
        help="training data and first weights; another seed is another model (default: %(default)s)",
    )
    parser.add_argument(
        "--revision-label",
        default="",
        metavar="TEXT",
        help="kept in the model's configuration as the parameter `revision` (default: seed-N)",
    )
    parser.add_argument(
        "--failing-share",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="fail this share of the requests, 0 to 1, to see a rollback (default: %(default)s)",
    )
    return parser.parse_args()


def _share(text):
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share


def _trained():
    payments = torch.randn(_PAYMENTS, FEATURES)
    # No line separates the two: the network has to learn a product and a square.
    suspicion = payments[:, 0] * payments[:, 1] + payments[:, 2] ** 2 - payments[:, 3]
    fraud = (suspicion > 1).float().unsqueeze(1)
    network = nn.Sequential(nn.Linear(FEATURES, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(_STEPS):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(network(payments), fraud).backward()
        optimizer.step()
    accuracy = ((network(payments) > 0.5) == fraud).float().mean().item()
    return network.eval(), accuracy


def _write(network, arguments):
    here = Path(__file__).parent
    version = arguments.output / "1"
    version.mkdir(parents=True, exist_ok=True)
    torch.jit.script(network).save(str(version / "model.pt"))
    shutil.copyfile(here / "model.py", version / "model.py")
    parameters = {
        "revision": arguments.revision_label or f"seed-{arguments.seed}",
        "failing_share": str(arguments.failing_share),
    }
    lines = [
        f"parameters {{ key: {json.dumps(key)} value {{ string_value: {json.dumps(value)} }} }}\n"
        for key, value in parameters.items()
    ]
    (arguments.output / "config.pbtxt").write_text(
        (here / "config.pbtxt").read_text() + "".join(lines)
    )
    expected = _expected(version / "model.pt")
    (arguments.output / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    return expected


def _expected(path):
    """Return a request of the Open Inference Protocol and its answer, from the file as written."""
    rows = torch.randn(4, FEATURES, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        scores = torch.jit.load(str(path))(rows)
    return {"inputs": [_tensor("features", rows)], "outputs": [_tensor("score", scores)]}


def _tensor(name, values):
    return {
        "name": name,
        "datatype": "FP32",
        "shape": list(values.shape),
        "data": values.flatten().tolist(),
    }


if __name__ == "__main__":
    main()
