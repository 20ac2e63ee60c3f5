"""The commands of the pages on installing, typed from top to bottom on a real API server of their own."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from tests.documented.reader import reader
from tests.documented.walks import CHART, walk, walked_by
from tests.integration.definitions import define_gateway_api
from tests.support.cluster_view import View
from tests.support.played import Played

pytestmark = pytest.mark.integration

SYSTEM = "sluiceway-system"


@pytest.mark.parametrize("page", walked_by(CHART))
def test_the_commands_do_what_the_page_says(page: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        plane = stack.enter_context(ControlPlane(controllers=True))
        define_gateway_api(plane)
        # Nobody schedules the operator's pod; a namespace that is there already is none the worse for Helm.
        plane.kubectl("create", "namespace", SYSTEM)
        stack.enter_context(Played(plane, SYSTEM))
        stack.enter_context(reader(View(plane, "default"), tmp_path)).walk(walk(page))
