"""Downloads a pinned source package: fetch.py REQUIREMENT SHA256 OUTPUT.

Once only: a file with another hash is another file, however often it is asked for. pip, given the hash, refuses such a
file before it runs anything in it, and names both hashes; what is kept is hashed again here.
"""

import hashlib
import pathlib
import subprocess
import sys
import tempfile


def main(requirement: str, expected: str, output: str) -> int:
    scratch = pathlib.Path(tempfile.gettempdir())
    downloads = scratch / "downloads"
    pinned = scratch / "requirements.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{expected}\n")
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"]
    status = subprocess.run([*pip, "--dest", str(downloads), "--requirement", str(pinned)]).returncode
    if status != 0:
        print(f"error: no {requirement} with sha256 {expected}: pip says why above", file=sys.stderr)
        return status

    files = sorted(downloads.iterdir())
    if len(files) != 1:
        print(f"error: pip downloaded {len(files)} files instead of 1", file=sys.stderr)
        return 1
    content = files[0].read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        print(f"error: {files[0].name} has sha256 {found}, expected {expected}", file=sys.stderr)
        return 1
    target = pathlib.Path(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: fetch.py REQUIREMENT SHA256 OUTPUT")
    sys.exit(main(*sys.argv[1:]))
