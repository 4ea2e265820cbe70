"""A copy of an example in a directory of its own, for the checks of the examples."""
import collections, hashlib, json, os, re, shutil, subprocess

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Checks:
    """Counts what holds, and says what does not."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def __call__(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED  {what}", flush=True)


def families(actions):
    """How many actions of each rule."""
    return dict(sorted(collections.Counter(action.split("[")[0] for action in actions).items()))


def environment(cache, name, *libraries):
    """The directory of a Python environment with these libraries; nil where they cannot be had here."""
    place = os.path.join(cache, name)
    script = os.path.join(here, "Scripts", "check-examples-python")
    code = subprocess.run([script, place, *libraries], stdout=subprocess.DEVNULL).returncode
    if code not in (0, 69):
        raise RuntimeError(f"check-examples-python: exit {code}")
    return place if code == 0 else None


class Workspace:
    def __init__(self, program, example, root, kept):
        """Copies `Examples/example` to `root`.

        - kept: where compiled rules are kept for the next time; dbuild itself knows whether they are still good.
        """
        self.program, self.root = program, root
        shutil.copytree(os.path.join(here, "Examples", example), root,
                        ignore=shutil.ignore_patterns("out", ".dbuild", ".venv", "__pycache__"))
        rules = os.path.join(root, ".dbuild", "rules")
        if os.path.isdir(kept):
            shutil.copytree(kept, rules)
        else:
            subprocess.run([program, "params"], cwd=root, check=True, stdout=subprocess.DEVNULL)
            shutil.copytree(rules, kept)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as file:
            file.write(text)

    def replace(self, name, old, new):
        text = self.read(name)
        if old not in text:
            raise RuntimeError(f"{name} does not hold {old!r}")
        self.write(name, text.replace(old, new))

    def dbuild(self, *arguments, expect=0):
        """What it said; `expect` is its exit code."""
        result = subprocess.run([self.program, *arguments], cwd=self.root, capture_output=True, text=True)
        if result.returncode != expect:
            raise RuntimeError(f"dbuild {' '.join(arguments)}: exit {result.returncode}\n{result.stderr}")
        return result.stdout + result.stderr

    def build(self, *arguments, expect=0):
        """The actions that ran, and what it said."""
        said = self.dbuild(*arguments, expect=expect)
        return {event["action"] for event in self.events() if event["event"] == "finish"}, said

    def events(self):
        """Of the last run."""
        runs = self.path(".dbuild", "runs")
        numbers = [int(name) for name in os.listdir(runs) if re.fullmatch(r"\d+", name)]
        with open(os.path.join(runs, str(max(numbers)), "events.jsonl")) as file:
            return [json.loads(line) for line in file]

    def files(self, below):
        """The digest of every file below a directory."""
        found = {}
        for folder, _, names in os.walk(self.path(below)):
            for name in names:
                place = os.path.join(folder, name)
                with open(place, "rb") as file:
                    found[os.path.relpath(place, self.root)] = hashlib.sha256(file.read()).hexdigest()
        return found
