"""A program that stays alive: docs/workers.md says what dbuild asks, and how it is answered."""
import json
import os
import sys
import traceback


def serve(work):
    """Does `work(arguments)` for each request, until there are no more."""
    # What print() and libraries say belongs into the log, not between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        os.chdir(request["sandboxDir"])
        code, output = 0, ""
        try:
            work(request["arguments"])
        except (Exception, SystemExit):
            code, output = 1, traceback.format_exc()
        sys.stdout.flush()
        response = {"exitCode": code, "output": output, "requestId": request["requestId"]}
        print(json.dumps(response), file=answers, flush=True)
