"""Replays the README's transcript and compares what it shows.

usage: python3 Scripts/check-readme.py DBUILD [--update]

The block behind `<!-- transcript: DIRECTORY -->` is run line by line (`$ …`) in a copy of DIRECTORY; times, sizes and
fingerprints are left out of the comparison. --update writes what was seen into the README.
"""
import os, re, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
program = os.path.abspath(sys.argv[1])
readme = os.path.join(here, "README.md")
text = open(readme).read()
match = re.search(r"<!-- transcript: (\S+) -->\n```\n(.*?)```\n", text, re.S)
if not match:
    sys.exit("FAILED  the README has no transcript")


def plain(lines):
    line = re.sub(r"\d+(\.\d+)? (s|min|h|[KMG]iB)\b", "N", lines)
    line = re.sub(r"\b[0-9a-f]{6}…", "FINGERPRINT…", line)
    return re.sub(r"-j \d+", "-j N", line)


with tempfile.TemporaryDirectory() as temporary:
    workspace = os.path.join(temporary, "workspace")
    shutil.copytree(os.path.join(here, match.group(1)), workspace)
    binaries = os.path.join(temporary, "bin")
    os.makedirs(binaries)
    with open(os.path.join(binaries, "dbuild"), "w") as file:
        file.write(f'#!/bin/sh\nexec "{program}" "$@"\n')
    os.chmod(os.path.join(binaries, "dbuild"), 0o755)
    environment = {**os.environ, "PATH": binaries + ":" + os.environ["PATH"]}
    commands = [line[2:] for line in match.group(2).splitlines() if line.startswith("$ ")]
    seen = ""
    for command in commands:
        result = subprocess.run(command, shell=True, cwd=workspace, env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        seen += f"$ {command}\n{result.stdout}"
        if result.returncode != 0:
            sys.exit(f"FAILED  `{command}`: exit {result.returncode}\n{result.stdout}")

if "--update" in sys.argv:
    with open(readme, "w") as file:
        file.write(text[:match.start(2)] + seen + text[match.end(2):])
elif plain(seen) != plain(match.group(2)):
    sys.exit(f"FAILED  the README shows\n{match.group(2)}\nand there is\n{seen}")
print(f"{len(commands)} passed, 0 failed")
