# Sleeps, with descendants that sleep as long as the undeclared file `nap` says.
workspace=$(dirname "$(dirname "$(readlink -f "$0")")")
nap=$(cat "$workspace/nap")
echo nap >> "$workspace/witness"
sleep "$nap" &
(sleep "$nap" & sleep "$nap") &
wait
echo slept > "$1"
