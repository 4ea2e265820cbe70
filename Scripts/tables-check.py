"""Checks the Tables module against pyarrow, DuckDB and Polars, in both directions.

usage: tables-check.py check TOOL [--long]    TOOL: the built tables-tool
       tables-check.py write DIRECTORY        files of the three libraries, to be damaged by `tables-tool fuzz`

Each table is written by each library in several layouts and copied by TOOL in several layouts; the copy is read by
pyarrow, in part by all three libraries, and compared with the original bit by bit. All copies of one table must have
one value fingerprint. The last line says how many checks passed; the first that fails ends the run with exit 1.
"""

import datetime
import math
import os
import subprocess
import sys
import tempfile

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

UTC = datetime.timezone.utc
TEXTS = ["", "a", "Zürich", "日本語", "🦀🚀", "line\nbreak", 'quo"te', "x" * 300, "\u0000nul", "e\u0301"]
INT64 = [2**63 - 1, -(2**63), 0, -1, 1]
INT32 = [2**31 - 1, -(2**31), 0, -1, 1]
DOUBLES = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1]
DAYS = [0, -719162, 2932896, 19000]  # with 0001-01-01 and 9999-12-31
MICROSECONDS = [0, -62135596800000000, 253402300799999999, 1700000000123456]  # the same two days

# The delta and split encodings, by column of the tables made here.
ENCODINGS = {
    "bool": "RLE",
    "int32": "DELTA_BINARY_PACKED",
    "int64": "DELTA_BINARY_PACKED",
    "double": "BYTE_STREAM_SPLIT",
    "string": "DELTA_BYTE_ARRAY",
    "few": "DELTA_LENGTH_BYTE_ARRAY",
    "date": "DELTA_BINARY_PACKED",
    "constant": "DELTA_BINARY_PACKED",
    "timestamp": "BYTE_STREAM_SPLIT",
}

# How TOOL writes its copies.
LAYOUTS = [[], ["none"], ["zstd:19", "100"], ["none", "nodict", "3000"]]


def make(rows, nulls, extreme=False):
    """A table of every type; every `nulls`-th value is null (0: none)."""

    def column(value, type):
        shift = sum(str(type).encode())  # another row for each type
        return pa.array([None if nulls and (i + shift) % nulls == 0 else value(i) for i in range(rows)], type)

    timestamp = pa.timestamp("us", "UTC")
    if extreme:
        return pa.table({
            "bool": column(lambda i: i % 2 == 0, pa.bool_()),
            "int32": column(lambda i: INT32[i % 5], pa.int32()),
            "int64": column(lambda i: INT64[i % 5], pa.int64()),
            "double": column(lambda i: DOUBLES[i % 8], pa.float64()),
            "string": column(lambda i: TEXTS[i % 10], pa.string()),
            "date": column(lambda i: DAYS[i % 4], pa.date32()),
            "timestamp": column(lambda i: MICROSECONDS[i % 4], timestamp),
        })
    return pa.table({
        "bool": column(lambda i: i % 3 == 0, pa.bool_()),
        "int32": column(lambda i: i * 7919 % 100003 - 5000, pa.int32()),
        "int64": column(lambda i: i * i * 31, pa.int64()),
        "double": column(lambda i: i / 7, pa.float64()),
        "string": column(lambda i: f"name {i}", pa.string()),
        "few": column(lambda i: TEXTS[i // 3 % 10], pa.string()),
        "date": column(lambda i: i % 20000, pa.date32()),
        "constant": column(lambda i: 42, pa.int64()),
        "timestamp": column(lambda i: i * 1000003, timestamp),
    })


def tables(long):
    """name -> table"""
    found = {}
    for rows in (0, 1, 7, 8, 1000) if long else (0, 1, 1000):
        for nulls in (0, 1, 3, 1000) if long else (0, 3):
            found[f"{rows} rows, null every {nulls}"] = make(rows, nulls)
    for nulls in (0, 3):
        found[f"extreme, null every {nulls}"] = make(2000, nulls, extreme=True)
        if long:
            found[f"200,003 rows, null every {nulls}"] = make(200003, nulls)
    if long:
        found["1,000,003 rows, null every 5"] = make(1000003, 5)
    return found


def connect():
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    return connection


def writers(table):
    """name -> function(path)"""

    def duck(options=""):
        def write(path):
            connection = connect()
            connection.register("t", table)
            connection.execute(f"COPY t TO '{path}' (FORMAT parquet{options})")

        return write

    def arrow(**options):
        return lambda path: pq.write_table(table, path, **options)

    def pol(**options):
        return lambda path: polars.from_arrow(table).write_parquet(path, **options)

    deltas = {name: ENCODINGS[name] for name in table.column_names}
    return {
        "arrow default": arrow(),
        "arrow zstd v2 pages": arrow(compression="zstd", data_page_version="2.0"),
        "arrow gzip, small pages": arrow(compression="gzip", data_page_size=4096, row_group_size=10000),
        "arrow none, no dictionary": arrow(compression="none", use_dictionary=False),
        "arrow v2 pages, snappy, no dictionary": arrow(data_page_version="2.0", use_dictionary=False),
        "arrow format 1.0": arrow(version="1.0", compression="snappy"),
        "arrow small dictionaries": arrow(dictionary_pagesize_limit=2000),
        "arrow deltas": arrow(use_dictionary=False, column_encoding=deltas),
        "polars default": pol(),
        "polars snappy": pol(compression="snappy"),
        "polars gzip": pol(compression="gzip"),
        "duckdb default": duck(),
        "duckdb zstd": duck(", COMPRESSION zstd"),
        "duckdb v2": duck(", PARQUET_VERSION v2"),
        "duckdb gzip": duck(", COMPRESSION gzip"),
    }


def difference(left, right):
    """In words, None for equal tables: NaN equals NaN, -0.0 is not 0.0."""
    if left.column_names != right.column_names or left.num_rows != right.num_rows:
        return f"shape {left.shape} {right.shape} {left.column_names} {right.column_names}"
    for name in left.column_names:
        a, b = left[name].combine_chunks(), right[name].combine_chunks()
        if a.type != b.type:
            return f"{name}: {a.type} and {b.type}"
        if pa.types.is_floating(a.type):
            bits = [[None if x is None else (math.copysign(1, x) if x == x else 0, repr(x)) for x in c.to_pylist()]
                    for c in (a, b)]
            if bits[0] != bits[1]:
                return f"{name}: values differ"
        elif not a.equals(b):
            return f"{name}: values differ"
    return None


def read_back(path, table):
    """The three libraries' reading of the file, as Arrow tables with the original's types."""
    schema = table.schema.remove_metadata()
    yield "pyarrow", pq.read_table(path, page_checksum_verification=True)
    yield "duckdb", connect().sql(f"SELECT * FROM '{path}'").to_arrow_table().cast(schema)
    yield "polars", polars.read_parquet(path).to_arrow().cast(schema)


class Checks:
    def __init__(self, tool, directory):
        self.tool = tool
        self.source = os.path.join(directory, "source.parquet")
        self.target = os.path.join(directory, "target.parquet")
        self.count = 0

    def check(self, condition, message):
        self.count += 1
        if not condition:
            print("failed:", message)
            sys.exit(1)

    def copy(self, *layout):
        """The value fingerprint of the source, which is copied to the target, or what went wrong."""
        run = subprocess.run([self.tool, "copy", self.source, self.target, *layout], capture_output=True, text=True)
        return run.stdout.strip() if run.returncode == 0 else "error " + run.stdout + run.stderr

    def copies(self, name, table):
        """Every library's file, copied in every layout, holds the table."""
        large = table.num_rows > 100000
        fingerprints = set()
        for writer, write in writers(table).items():
            few = ("arrow default", "polars default", "duckdb default", "duckdb v2")
            if table.num_rows > 500000 and writer not in few:
                continue
            write(self.source)
            for layout in LAYOUTS[:1] if large and writer != "arrow default" else LAYOUTS:
                if large and "100" in layout:
                    continue
                what = f"{name}, {writer}, {layout}"
                fingerprint = self.copy(*layout)
                self.check(not fingerprint.startswith("error"), f"{what}: {fingerprint}")
                fingerprints.add(fingerprint)
                schema = pq.read_schema(self.target)
                self.check(schema.types == table.schema.types, f"{what}: types {schema}")
                if writer == "arrow default":
                    readings = read_back(self.target, table)
                else:
                    readings = [("pyarrow", pq.read_table(self.target))]
                for reader, found in readings:
                    differs = difference(table, found)
                    self.check(differs is None, f"{what}, read by {reader}: {differs}")
        self.check(len(fingerprints) == 1, f"{name}: {len(fingerprints)} fingerprints {fingerprints}")

    def determinism(self, table):
        """The same content from different layouts gives the same bytes."""
        results = set()
        for writer in ("arrow default", "polars default", "duckdb default"):
            writers(table)[writer](self.source)
            self.copy()
            with open(self.target, "rb") as file:
                results.add(file.read())
        self.check(len(results) == 1, "bytes differ")

    def statistics(self, name, table):
        """Bounds and null counts agree with the values."""
        pq.write_table(table, self.source)
        self.copy()
        metadata = pq.read_metadata(self.target)
        start = 0
        for g in range(metadata.num_row_groups):
            group = metadata.row_group(g)
            for c, column in enumerate(table.column_names):
                values = table[column].slice(start, group.num_rows).to_pylist()
                present = [v for v in values if v is not None and v == v]
                found = group.column(c).statistics
                self.check(found.null_count == sum(v is None for v in values), f"{name} {column} null count")
                is_text = column in ("string", "few")
                if is_text and not found.has_min_max:
                    continue  # long bounds are left out
                order = (lambda text: text.encode()) if is_text else None
                bounds = (min(present, key=order), max(present, key=order))
                self.check((found.min, found.max) == bounds, f"{name} {column} bounds {found}")
            start += group.num_rows

    def other_types(self):
        """Types that fit a wider one; types that are refused by name; no columns at all."""
        narrow = pa.table({
            "f32": pa.array([1.5, None], pa.float32()),
            "i8": pa.array([-5, None], pa.int8()),
            "u16": pa.array([65535, None], pa.uint16()),
            "u32": pa.array([4294967295, None], pa.uint32()),
            "ms": pa.array([1234, None], pa.timestamp("ms", "UTC")),
            "ns": pa.array([1234000, None], pa.timestamp("ns", "UTC")),
            "large": pa.array(["x", None], pa.large_string()),
            "local": pa.array([5, None], pa.timestamp("us")),
        })
        pq.write_table(narrow, self.source)
        result = self.copy()
        self.check(not result.startswith("error"), result)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=UTC)
        self.check(
            pq.read_table(self.target).to_pylist()[0] == {
                "f32": 1.5, "i8": -5, "u16": 65535, "u32": 4294967295, "large": "x",
                "ms": epoch + datetime.timedelta(milliseconds=1234), "ns": epoch + datetime.timedelta(microseconds=1234),
                "local": epoch + datetime.timedelta(microseconds=5),
            }, "narrow types")
        for bad in (pa.array([[1]]), pa.array([b"x"]), pa.array([1], pa.uint64()),
                    pa.array([1], pa.timestamp("ns", "UTC")), pa.array([{"a": 1}])):
            pq.write_table(pa.table({"bad": bad}), self.source)
            result = self.copy()
            is_refused = result.startswith("error") and "bad" in result and "not supported" in result
            self.check(is_refused, f"{bad.type}: {result}")
        pq.write_table(pa.table({}), self.source)
        result = self.copy()
        self.check(not result.startswith("error") and pq.read_table(self.target).num_columns == 0, result)


def check(tool, long):
    with tempfile.TemporaryDirectory() as directory:
        checks = Checks(tool, directory)
        all_tables = tables(long)
        for name, table in all_tables.items():
            checks.copies(name, table)
            print("ok", name, flush=True)
        checks.determinism(all_tables["200,003 rows, null every 3" if long else "1000 rows, null every 3"])
        for name in ["extreme, null every 3", "1000 rows, null every 3"] + ["200,003 rows, null every 0"] * long:
            checks.statistics(name, all_tables[name])
        checks.other_types()
        print(f"all {checks.count:,} checks passed")


def write(directory):
    """The files of every library, of a table with extreme values and of one with ordinary ones."""
    for kind, table in (("ordinary", make(300, 3)), ("extreme", make(300, 3, extreme=True))):
        for name, write_file in writers(table).items():
            write_file(os.path.join(directory, f"{kind}, {name}.parquet"))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if len(arguments) in (2, 3) and arguments[0] == "check" and arguments[2:] in ([], ["--long"]):
        check(arguments[1], long=arguments[2:] == ["--long"])
    elif len(arguments) == 2 and arguments[0] == "write":
        write(arguments[1])
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
