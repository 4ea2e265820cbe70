cat "$DBUILD_TEST_ROOT/extra/a.txt" > "$1"
echo work > temporary.txt
printf 'out/program.txt: scripts/program.sh temporary.txt \\\n  %s/extra/a.txt\n' "$DBUILD_TEST_ROOT" > deps.d
