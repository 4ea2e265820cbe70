"""File times of whole seconds, for one process: by a library that is loaded before the C library."""

import pathlib
import shutil
import subprocess


def library(lab):
    """Its path, or None where nothing can compile it."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        return None
    path = lab.root / "coarse.so"
    if not path.exists():
        source = pathlib.Path(__file__).with_name("coarse.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"], check=True)
    return str(path)
