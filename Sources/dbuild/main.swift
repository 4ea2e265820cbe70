print("dbuild")
