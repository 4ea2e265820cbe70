"""Replays the README's transcripts and compares what they show.

usage: python3 Scripts/check-readme.py DBUILD [--update]

A block behind `<!-- transcript: DIRECTORY -->` is run line by line (`$ …`) in a copy of DIRECTORY, or in an empty one for
`<!-- transcript: an empty directory -->`; times, sizes and fingerprints are left out of the comparison. --update writes
what was seen into the README.
"""
import os, re, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
program = os.path.abspath(sys.argv[1])
readme = os.path.join(here, "README.md")
text = open(readme).read()
transcripts = list(re.finditer(r"<!-- transcript: (.+?) -->\n```\n(.*?)```\n", text, re.S))
if {match.group(1) for match in transcripts} != {"Examples/first", "an empty directory"}:
    sys.exit("FAILED  the README has other transcripts than are wanted")


def plain(lines):
    line = re.sub(r"\d+(\.\d+)? (s|min|h|[KMG]iB)\b", "N", lines)
    line = re.sub(r"\b[0-9a-f]{6}…", "FINGERPRINT…", line)
    return re.sub(r"-j \d+", "-j N", line)


def replay(directory, commands):
    """What a person sees who types the commands in a copy of a directory."""
    with tempfile.TemporaryDirectory() as temporary:
        workspace = os.path.join(temporary, "workspace")
        if directory == "an empty directory":
            os.makedirs(workspace)
        else:
            shutil.copytree(os.path.join(here, directory), workspace)
        binaries = os.path.join(temporary, "bin")
        os.makedirs(binaries)
        with open(os.path.join(binaries, "dbuild"), "w") as file:
            file.write(f'#!/bin/sh\nexec "{program}" "$@"\n')
        os.chmod(os.path.join(binaries, "dbuild"), 0o755)
        environment = {**os.environ, "PATH": binaries + ":" + os.environ["PATH"]}
        seen = ""
        for command in commands:
            result = subprocess.run(command, shell=True, cwd=workspace, env=environment, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            seen += f"$ {command}\n{result.stdout}"
            if result.returncode != 0:
                sys.exit(f"FAILED  `{command}`: exit {result.returncode}\n{result.stdout}")
        return seen


count = 0
updated = text
for match in transcripts:
    shown = match.group(2)
    commands = [line[2:] for line in shown.splitlines() if line.startswith("$ ")]
    seen = replay(match.group(1), commands)
    count += len(commands)
    if "--update" in sys.argv:
        updated = updated.replace(match.group(0), match.group(0).replace(shown, seen))
    elif plain(seen) != plain(shown):
        sys.exit(f"FAILED  the README shows\n{shown}\nand there is\n{seen}")
if updated != text:
    with open(readme, "w") as file:
        file.write(updated)
print(f"{count} passed, 0 failed")
