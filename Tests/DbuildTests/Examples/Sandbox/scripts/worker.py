import json, os, sys

for line in sys.stdin:
    request = json.loads(line)
    source, output = request["arguments"]
    place = request["sandboxDir"]
    with open(os.path.join(place, source)) as file:
        text = file.read()
    with open(os.path.join(place, output), "w") as file:
        file.write(f"{os.getpid()} {text}")
    print(json.dumps({"exitCode": 0, "requestId": request["requestId"]}), flush=True)
