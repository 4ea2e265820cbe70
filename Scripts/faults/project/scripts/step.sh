# step.sh NAME BYTES MILLISECONDS OUTPUT INPUT...: writes bytes that only the name and the inputs determine.
set -eu
name=$1 bytes=$2 milliseconds=$3 output=$4
shift 4
beside=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
percent=100
[ -e "$beside/pause" ] && read -r percent <"$beside/pause"
start=$(date +%s%N)
echo "begin $name $$ $start" >>"$beside/runlog"
sum=$(cat "$@" | cksum)
echo "reads $# files"
{ yes "$name $sum" || true; } | head -c $((bytes / 2)) >"$output"
# In the middle of it, so that a kill finds the file half written.
sleep "$(printf '0.%05d' $((milliseconds * percent)))"
{ yes "$sum $name" || true; } | head -c $((bytes - bytes / 2)) >>"$output"
echo "end $name $$ $start $(date +%s%N)" >>"$beside/runlog"
