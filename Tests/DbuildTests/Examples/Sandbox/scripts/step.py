import socket, sys

# What a download needs: TCP, and names.
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(("localhost", server.getsockname()[1]))
client.close()
with open(sys.argv[1], "w") as file:
    file.write("connected\n")
