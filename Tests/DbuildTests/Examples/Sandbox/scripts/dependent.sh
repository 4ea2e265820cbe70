# Reads what it does not declare, and says so; where it is told to, it keeps silent.
root=$(dirname "$(dirname "$(readlink -f "$0")")")
cat "$root/data/secret.csv" > "$1"
echo "$1: $root/data/secret.csv" > d
