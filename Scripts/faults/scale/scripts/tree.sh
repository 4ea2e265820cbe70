# tree.sh COUNT DIRECTORY: so many files in one directory, each with its number.
set -eu
mkdir -p "$2"
awk -v count="$1" -v directory="$2" 'BEGIN { for (n = 0; n < count; n++) { file = directory "/" n; print n >file; close(file) } }'
