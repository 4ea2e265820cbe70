"""A client of sourcekit-lsp, as far as a check needs one: what an editor asks, asked from a script.

Source: Language Server Protocol 3.17 (base protocol, textDocument/diagnostic, hover, definition).
"""
import json, os, pathlib, select, subprocess, tempfile, time

SECONDS = 180  # for one answer: a loaded machine takes long to load a compiler


class LanguageServer:
    """sourcekit-lsp with one folder open, as `with LanguageServer(program, folder) as server`."""

    def __init__(self, program, folder, environment=None, prefix=()):
        self.folder = folder
        self.number = 0
        self.versions = {}
        self.pending = b""
        # Its log is of no use to a check that passes, and a pipe that nobody reads would stop it.
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([*prefix, program], cwd=folder, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log)

    def __enter__(self):
        uri = pathlib.Path(self.folder).as_uri()
        self.ask("initialize", {
            "processId": os.getpid(), "rootUri": uri, "workspaceFolders": [{"uri": uri, "name": "workspace"}],
            "capabilities": {"textDocument": {"diagnostic": {}, "hover": {"contentFormat": ["markdown"]}}}})
        self.tell("initialized", {})
        return self

    def __exit__(self, *failure):
        try:
            if not failure[0]:
                self.ask("shutdown", None)
                self.tell("exit", None)
                self.process.wait(SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.log.close()

    def open(self, path, text):
        """Shows it a file as an editor has it, saved or not."""
        document = {"uri": pathlib.Path(path).as_uri(), "version": self.versions.get(path, 0) + 1}
        if path in self.versions:
            self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        else:
            self.tell("textDocument/didOpen", {"textDocument": {**document, "languageId": "swift", "text": text}})
        self.versions[path] = document["version"]

    def diagnostics(self, path):
        """Messages with their lines, the first line being 1."""
        answer = self.ask("textDocument/diagnostic", {"textDocument": {"uri": pathlib.Path(path).as_uri()}})
        return [(item["range"]["start"]["line"] + 1, item["message"]) for item in answer["items"]]

    def hover(self, path, text, word):
        answer = self.ask("textDocument/hover", position(path, text, word))
        return answer["contents"]["value"] if answer else ""

    def definition(self, path, text, word):
        """Where a word is declared: file and line, the first line being 1."""
        answer = self.ask("textDocument/definition", position(path, text, word))
        return [(location["uri"], location["range"]["start"]["line"] + 1) for location in answer or []]

    def ask(self, method, parameters):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        end = time.monotonic() + SECONDS
        while True:
            message = self.receive(end)
            if "method" in message and "id" in message:  # it asks: a check has nothing to say
                self.send({"id": message["id"], "result": None})
            elif message.get("id") == self.number:
                if "error" in message:
                    raise LanguageServerError(f"{method}: {message['error']}")
                return message["result"]

    def tell(self, method, parameters):
        self.send({"method": method, "params": parameters})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self, end):
        while b"\r\n\r\n" not in self.pending:
            self.more(end)
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        size = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        while len(self.pending) < size:
            self.more(end)
        body, self.pending = self.pending[:size], self.pending[size:]
        return json.loads(body)

    def more(self, end):
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise LanguageServerError(f"no answer within {SECONDS} s")
        chunk = os.read(self.process.stdout.fileno(), 1 << 16)
        if not chunk:
            self.log.seek(0)
            raise LanguageServerError(f"it has ended: {self.log.read().decode(errors='replace')[-2000:]}")
        self.pending += chunk


class LanguageServerError(Exception):
    pass


def position(path, text, word):
    before = text[:text.index(word)]
    return {"textDocument": {"uri": pathlib.Path(path).as_uri()},
            "position": {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}}
