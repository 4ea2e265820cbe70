"""A copy of the airport pipeline in a directory of its own, for the checks that look at it from outside."""
import hashlib, json, os, shutil, sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Check:
    """Counts what holds; what does not hold ends the script."""

    def __init__(self):
        self.passed = 0

    def __call__(self, holds, message):
        if not holds:
            print("FAILED  " + message, flush=True)
            sys.exit(1)
        self.passed += 1

    def done(self):
        print(f"{self.passed} passed, 0 failed")


check = Check()


def take_compiled_rules(seed, root):
    """Rules that were compiled in another workspace: used where they are the same, as half a minute's work."""
    compiled, place = (os.path.join(directory, ".dbuild", "rules") for directory in (seed, root))
    if os.path.isdir(compiled) and not os.path.exists(place):
        shutil.copytree(compiled, place, ignore=shutil.ignore_patterns("modules-*"))


class Workspace:
    def __init__(self, root, seed=None):
        """- seed: a workspace in which raw/flights.csv was built: then nothing is fetched."""
        self.root = root
        os.makedirs(root)
        for name in ("rules", "scripts"):
            shutil.copytree(os.path.join(HERE, name), self.path(name))
        if seed:
            shutil.copytree(os.path.join(seed, "raw"), self.path("raw"))
            os.makedirs(self.path(".dbuild"))
            self.know(seed)

    def know(self, seed):
        """What dbuild knows of the seed's files, which it hashes again as stamps differ, and the rules compiled there."""
        for name in os.listdir(os.path.join(seed, ".dbuild")):
            if name.startswith("state.db"):
                shutil.copy(os.path.join(seed, ".dbuild", name), self.path(".dbuild", name))
        take_compiled_rules(seed, self.root)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def runs(self):
        try:
            return {int(name) for name in os.listdir(self.path(".dbuild", "runs")) if name.isdigit()}
        except FileNotFoundError:
            return set()

    def events(self, run):
        try:
            with open(self.path(".dbuild", "runs", str(run), "events.jsonl")) as file:
                return [json.loads(line) for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def finished(self, run):
        """The actions that ended well."""
        return {event["action"] for event in self.events(run) if event["event"] == "finish"}

    def files(self, *below):
        """The digest of every file below a directory."""
        found = {}
        for folder, _, names in os.walk(self.path(*below)):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.root)] = hashlib.sha256(file.read()).hexdigest()
        return found
