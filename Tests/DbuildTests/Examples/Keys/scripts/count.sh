printf %s "$DBUILD_TEST_TOKEN" | wc -c > "$1"
