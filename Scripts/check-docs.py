"""Builds the examples of docs/rules.md, replays what they show, and compares the words listed there with the modules.

usage: python3 Scripts/check-docs.py DBUILD [--update] [--only SECTION]

Each section (`## …`) with Swift is a workspace: how its blocks are put together is said at the head of the page. The
lines `$ …` of its console blocks are run one after the other in one shell; times, sizes and fingerprints are left out
of the comparison. A block behind `<!-- file: PATH -->` is written there. The modules' words are those of
`swift symbolgraph-extract`, from the modules beside DBUILD, where compiled rules are also kept for the next time.

--update writes what was seen into the page.
"""
import argparse, concurrent.futures, json, os, re, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
parser = argparse.ArgumentParser(usage="check-docs.py DBUILD [--update] [--only SECTION]")
parser.add_argument("dbuild")
parser.add_argument("--update", action="store_true")
parser.add_argument("--only", help="of which sections: those whose title contains it")
options = parser.parse_args()
program = os.path.abspath(options.dbuild)
built = os.path.dirname(os.path.realpath(program))
page = os.path.join(here, "docs", "rules.md")
checks, failures = 0, []


def check(holds, what):
    global checks
    checks += 1
    if not holds:
        failures.append(what)
        print(f"FAILED  {what}", file=sys.stderr)


class Block:
    """A fenced block: what it holds, and where its text stands in the page."""

    def __init__(self, match):
        self.file, self.language, self.text = match.group("file"), match.group("language"), match.group("text")
        self.span = match.span("text")


def sections(text):
    """Of each section its title, and its blocks."""
    found = []
    starts = [match.start() for match in re.finditer(r"^## ", text, re.M)] + [len(text)]
    for start, end in zip(starts, starts[1:]):
        title = text[start + 3:text.index("\n", start)]
        pattern = re.compile(r"(?:^<!-- file: (?P<file>\S+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
        found.append((title, [Block(match) for match in pattern.finditer(text, start, end)]))
    return found


# MARK: Words

def public_words():
    """Every public word that somebody has written in the sources, as `Type.word(label:)`."""
    words = set()
    with tempfile.TemporaryDirectory() as directory:
        for module in ("Rules", "Calendar"):
            subprocess.run(
                ["swift", "symbolgraph-extract", "-module-name", module, "-I", os.path.join(built, "Modules"),
                 "-target", target(), "-output-dir", directory, "-minimum-access-level", "public"], check=True)
        for name in os.listdir(directory):
            # What the modules add to the standard library's own types are conformances.
            if name == "Rules@Swift.symbols.json":
                continue
            with open(os.path.join(directory, name)) as file:
                for symbol in json.load(file)["symbols"]:
                    inherited = "::SYNTHESIZED::" in symbol["identifier"]["precise"]
                    if "location" in symbol and not inherited:
                        words.add(re.sub(r"(?<=[(:])(file|line):", "", ".".join(symbol["pathComponents"])))
    return words


def target():
    return json.loads(subprocess.run(["swift", "-print-target-info"], capture_output=True, check=True).stdout)[
        "target"]["unversionedTriple"]


def compare_words(text):
    words = public_words()
    check(len(words) > 100, f"only {len(words)} public words were found")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    listed = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
    said = {word for word in listed if not word.startswith("*.")}
    anywhere = {word[1:] for word in listed if word.startswith("*.")}
    covered = said | {word for word in words if any(word.endswith(leaf) for leaf in anywhere)}
    for word in sorted(words - covered):
        check(False, f"docs/rules.md does not list `{word}`")
    for word in sorted(said - words):
        check(False, f"docs/rules.md lists `{word}`, which is no public word")
    for leaf in sorted(anywhere):
        check(any(word.endswith(leaf) for word in words), f"docs/rules.md lists `*{leaf}`, which nothing has")
    check(len(listed) == len(set(listed)), f"listed twice: {sorted({w for w in listed if listed.count(w) > 1})}")
    return len(words)


# MARK: Examples

def rules_files(blocks):
    """The rules directory that the Swift blocks make, by file name."""
    declarations, parameters, statements, whole = [], [], [], []
    for block in blocks:
        if block.language != "swift" or block.file:
            continue
        if re.search(r"^@main ", block.text, re.M):
            whole.append(block.text)
        elif re.match(r"(///|//|struct|enum|extension|final class|func|private)\b", first_word(block.text)):
            declarations.append(block.text)
        else:
            lines = block.text.splitlines(keepends=True)
            parameters += [line for line in lines if line.startswith("@Parameter")]
            statements += [line for line in lines if not line.startswith("@Parameter")]
    if not whole and not statements:
        return {}
    body = "".join(whole) or (
        "import Rules\n\n@main struct Example: Rulesfile {\n" + "".join("    " + line for line in parameters)
        + "    func rules(_ build: Build) throws {\n" + "".join("        " + line for line in statements) + "    }\n}\n")
    files = {"Rulesfile.swift": body}
    if declarations:
        files["Recipes.swift"] = "import Rules\n\n" + "\n".join(declarations)
    return files


def first_word(text):
    """Of the first line that is no comment."""
    return next(line for line in text.splitlines() if line and not line.startswith("//"))


class Example:
    def __init__(self, title, blocks, temporary):
        self.title, self.blocks = title, blocks
        self.files = rules_files(blocks)
        slug = re.sub(r"\W+", "-", title.lower())
        self.root = os.path.join(temporary, slug)
        self.kept = os.path.join(built, "check-docs.rules", slug)

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def prepare(self):
        shutil.copytree(os.path.join(here, "Examples", "first", "data"), os.path.join(self.root, "data"))
        for name, text in self.files.items():
            self.write(os.path.join("rules", name), text)
        shutil.copy(os.path.join(here, "Examples", "first", "rules", "Text.swift"), os.path.join(self.root, "rules"))
        for block in self.blocks:
            if block.file:
                self.write(block.file, block.text)
        # Compiled rules of the last time: dbuild itself knows whether they are still good.
        rules = os.path.join(self.root, ".dbuild", "rules")
        if os.path.isdir(self.kept):
            shutil.copytree(self.kept, rules)
        result = subprocess.run([program, "params"], cwd=self.root, capture_output=True, text=True)
        shutil.rmtree(self.kept, ignore_errors=True)
        if os.path.isdir(rules):
            shutil.copytree(rules, self.kept)
        # Without its required parameters a plan is refused, but only once the rules are compiled.
        return result.stderr if "error:" in result.stderr and ".swift" in result.stderr else ""

    def replay(self, environment):
        """What each console block shows now."""
        shown = []
        wanted = [block for block in self.blocks if block.language == "console"]
        commands = [[line[2:] for line in block.text.splitlines() if line.startswith("$ ")] for block in wanted]
        script = ""
        for index, lines in enumerate(commands):
            for command in lines:
                script += f"printf '%s\\n' {quoted('$ ' + command)}\n{command}\n"
                script += f"code=$?; [ $code = 0 ] || printf '%s\\n' \"[exit $code]\"\n"
            script += f"printf '%s\\n' {quoted(mark(index))}\n"
        result = subprocess.run(["bash", "-c", script], cwd=self.root, env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        rest = result.stdout.replace(self.root, "WORKSPACE")
        for index in range(len(wanted)):
            text, _, rest = rest.partition(mark(index) + "\n")
            shown.append(text)
        return list(zip(wanted, shown))


def mark(index):
    return f"[[end of block {index}]]"


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def plain(text):
    # Whether a build is priced depends on how long it is thought to take.
    text = re.sub(r"^price .*\n", "", text, flags=re.M)
    text = re.sub(r"\d+(\.\d+)? (s|ms|min|h|[KMG]iB)\b", "N", text)
    text = re.sub(r"\b[0-9a-f]{6}…", "FINGERPRINT…", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d)?", "INSTANT", text)
    return re.sub(r"[ \t]+", " ", text)


def run_examples(text, temporary):
    examples = [Example(title, blocks, temporary) for title, blocks in sections(text)]
    examples = [example for example in examples if example.files]
    if options.only:
        examples = [example for example in examples if options.only.lower() in example.title.lower()]
    check(examples, "no example was found")
    binaries = os.path.join(temporary, "bin")
    os.makedirs(binaries)
    with open(os.path.join(binaries, "dbuild"), "w") as file:
        file.write(f'#!/bin/sh\nexec "{program}" "$@"\n')
    os.chmod(os.path.join(binaries, "dbuild"), 0o755)
    environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": temporary, "LC_ALL": "C.UTF-8", "TZ": "UTC",
                   "TMPDIR": temporary}

    def run(example):
        wrong = example.prepare()
        return wrong, [] if wrong else example.replay(environment)

    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = list(pool.map(run, examples))
    updates = []
    for example, (wrong, shown) in zip(examples, results):
        check(shown or wrong, f"`{example.title}` shows nothing of what it makes")
        check(not wrong, f"`{example.title}` does not compile:\n{wrong}")
        for block, seen in shown:
            updates.append((block.span, seen))
            if not options.update:
                check(plain(seen) == plain(block.text),
                      f"`{example.title}` shows\n{block.text}and there is\n{seen}")
    if options.update:
        for (start, end), seen in sorted(updates, reverse=True):
            text = text[:start] + seen + text[end:]
        with open(page, "w") as file:
            file.write(text)
    return len(examples), sum(seen.count("\n$ ") + 1 for _, seen in updates)


with open(page) as file:
    source = file.read()
temporary = tempfile.mkdtemp(prefix="dbuild-docs-")
try:
    words = compare_words(source)
    examples, commands = run_examples(source, temporary)
finally:
    shutil.rmtree(temporary, ignore_errors=True)
print(f"docs/rules.md: {words} words, {examples} examples, {commands} commands; "
      f"{checks - len(failures)} passed, {len(failures)} failed")
sys.exit(1 if failures else 0)
