"""The tools that are measured. Each writes a graph down in its own words."""
from __future__ import annotations

from .base import Peer
from .dbuild import Dbuild
from .dvc import DVC
from .make import Make
from .ninja import Ninja
from .shake import Shake
from .snakemake import Snakemake
from .tup import Tup

PEERS: list[type[Peer]] = [Make, Ninja, Tup, Shake, Snakemake, DVC]
