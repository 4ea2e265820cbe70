# act.sh NAME OUTPUTS OUTPUT... INPUT...: does what behaviour/NAME beside the workspace says, which nobody has declared;
# without such a file each output becomes the name and then all inputs.
set -eu
name=$1 outputs=$2 output=$3
shift 2
beside=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
echo "begin $name $$ $(date +%s%N)" >>"$beside/runlog"

join() {
    count=0
    for place in "$@"; do
        [ "$count" -lt "$outputs" ] || break
        count=$((count + 1))
        (
            shift "$outputs"
            echo "$name"
            [ "$count" -eq 1 ] || echo "$count"
            cat "$@"
        ) >"$place"
    done
}

# Only the directories around outputs are there.
[ "$name" != tree ] || mkdir -p "$1"
if [ -e "$beside/behaviour/$name" ]; then
    . "$beside/behaviour/$name"
else
    join "$@"
fi
echo "end $name $$ $(date +%s%N)" >>"$beside/runlog"
