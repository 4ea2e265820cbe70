"""Writes the manual page of dbuild to standard output.

usage: python3 Scripts/manual.py DBUILD

Commands and options are what the program says of itself; exit statuses and files are what the README says of them.
Source: man(7); groff_char(7) for what is not ASCII.
"""
import json, os, re, subprocess, sys

program = sys.argv[1]
here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
with open(os.path.join(here, "README.md"), encoding="utf-8") as file:
    readme = file.read()


def roff(text):
    """Plain text, as roff takes it."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = "".join(c if ord(c) < 128 else f"\\[u{ord(c):04X}]" for c in text)
    return "\\&" + text if text.startswith(".") else text


def marked(text):
    """Text in which Markdown's backticks say what is typed."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)|\*\*", r"\1", text)
    parts = text.split("`")
    return "".join(f"\\fB{roff(part)}\\fR" if index % 2 else roff(part) for index, part in enumerate(parts))


def section(pattern, what):
    """What the README says of something."""
    found = re.search(pattern, readme, re.M | re.S)
    if not found:
        sys.exit(f"manual: the README says nothing of {what}")
    return found.group(1)


def name(option):
    return ("-" if option["kind"] == "short" else "--") + option["name"]


def term(argument):
    """An option or an operand, as it is typed."""
    value = f"\\fI{roff(argument['valueName'])}\\fR"
    if argument["kind"] == "positional":
        return value + (" ..." if argument["isRepeating"] else "")
    names = sorted((name(option) for option in argument["names"]), key=len)
    names = ", ".join(f"\\fB{roff(each)}\\fR" for each in names)
    return names + (f" {value}" if argument["kind"] == "option" else "")


def arguments(command):
    own = [each for each in command.get("arguments", [])
           if each["shouldDisplay"] and each["valueName"] not in ("help", "version")]
    for each in sorted(own, key=lambda each: each["kind"] != "positional"):
        yield f".TP\n{term(each)}\n{roff(each.get('abstract', ''))}"


def synopsis(command, words):
    operands = [each for each in command.get("arguments", []) if each["kind"] == "positional" and each["shouldDisplay"]]
    text = [f"\\fB{roff(words)}\\fR", "[\\fIoption\\fR ...]"]
    text += [f"[{term(each)}]" if each["isOptional"] else term(each) for each in operands]
    return " ".join(text)


tree = json.loads(subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True).stdout)["command"]
version = subprocess.run([program, "--version"], capture_output=True, check=True, text=True).stdout.strip()
commands = [each for each in tree["subcommands"] if each["shouldDisplay"] and each["commandName"] != "help"]

page = [f'.TH DBUILD 1 "" "dbuild {version}" "User Commands"',
        ".SH NAME", "dbuild \\- " + roff(tree["abstract"]), ".SH SYNOPSIS"]
for command in commands:
    words = "dbuild" if command["commandName"] == "build" else f"dbuild {command['commandName']}"
    page += [synopsis(command, words), ".br"]
page += [".SH COMMANDS"]
for command in commands:
    page += [f".SS {roff(command['commandName'])}", roff(command["abstract"]), *arguments(command)]

page += [".SH EXIT STATUS"]
for status in section(r"^Exit: (.*?)$", "exit statuses").rstrip(".").split(" · "):
    code, meaning = status.split(" ", 1)
    page += [".TP", f"\\fB{roff(code)}\\fR", marked(meaning)]
page += [".SH FILES"]
for row in section(r"^## In a workspace\n\n\| \| \|\n\|---\|---\|\n(.*?)\n\n", "files").splitlines():
    files, meaning = row.strip("| ").split(" | ", 1)
    page += [".TP", marked(files), marked(meaning)]
page += [".SH SEE ALSO", "The documents in \\fIshare/doc/dbuild\\fR of the directory that dbuild was installed into."]
print("\n".join(page))
