find package | sort > "$1"; cat package/*.py package/*/*.py >> "$1"
