echo made > "$1"
