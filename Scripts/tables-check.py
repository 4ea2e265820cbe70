"""Checks the Tables module against pyarrow, pandas, DuckDB and Polars, in both directions.

usage: tables-check.py check TOOL [--long]    TOOL: the built tables-tool
       tables-check.py write DIRECTORY        files of the libraries, to be damaged by `tables-tool fuzz`
       tables-check.py large TOOL DIRECTORY GIGABYTES
                                              a CSV of that size through `convert` and `sum`, within 200 MB of memory

Each table is written by each library in several layouts and copied by TOOL in several layouts; the copy is read by
pyarrow, in part by all three libraries, and compared with the original bit by bit. All copies of one table must have
one value fingerprint. Files with columns that are not read (decimal, nested, binary and others) lose just these.
The last line says how many checks passed; the first that fails ends the run with exit 1.
"""

import datetime
import decimal
import math
import os
import random
import re
import subprocess
import sys
import tempfile

import duckdb
import pandas
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
        "arrow lz4, small row groups": arrow(compression="lz4", row_group_size=1 + table.num_rows // 7),
        "pandas": lambda path: table.to_pandas(types_mapper=pandas.ArrowDtype).to_parquet(path, index=False),
        "arrow small dictionaries": arrow(dictionary_pagesize_limit=2000),
        "arrow deltas": arrow(use_dictionary=False, column_encoding=deltas),
        "polars default": pol(),
        "polars snappy": pol(compression="snappy"),
        "polars gzip": pol(compression="gzip"),
        "duckdb default": duck(),
        "duckdb zstd": duck(", COMPRESSION zstd"),
        "duckdb v2": duck(", PARQUET_VERSION v2"),
        "duckdb lz4": duck(", COMPRESSION lz4_raw"),
        "polars lz4": pol(compression="lz4"),
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
        pq.write_table(pa.table({"odd": pa.array([1], pa.timestamp("ns", "UTC"))}), self.source)
        result = self.copy()
        self.check(result.startswith("error") and "odd" in result and "microseconds" in result, result)
        pq.write_table(pa.table({}), self.source)
        result = self.copy()
        self.check(not result.startswith("error") and pq.read_table(self.target).num_columns == 0, result)

    def run(self, *arguments):
        """Exit code, and what the tool printed."""
        run = subprocess.run([self.tool, *arguments], capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr

    def skipped(self):
        """Of files with columns that are not read, the others are, with all values; a skipped one is an error by name."""
        kept = make(500, 3)
        for writer, write in mixed_writers(kept).items():
            write(self.source)
            skips = {name: kind for name, kind in SKIPPED.items() if name in pq.read_schema(self.source).names}
            code, listed = self.run("columns", self.source)
            self.check(code == 0, f"{writer}: {listed}")
            found = dict(re.findall(r"^skipped column `(.*)`: (.*) is not supported$", listed, re.M))
            self.check(set(found) == set(skips), f"{writer}: skipped {found}")
            for name, kind in skips.items():
                self.check(re.search(kind, found[name]), f"{writer}: {name} is {found[name]}")
                code, said = self.run("convert", self.source, self.target, name)
                named = self.source in said and f"`{name}`" in said and found[name] in said
                self.check(code == 1 and named, f"{writer}: {name}: {said}")
            for layout in LAYOUTS[:2]:
                self.check(not self.copy(*layout).startswith("error"), f"{writer}: not copied")
                differs = difference(kept, pq.read_table(self.target))
                self.check(differs is None, f"{writer}: {differs}")
            # Row group by row group, in both directions.
            code, said = self.run("convert", self.source, self.target)
            self.check(code == 0 and said.count("skipped") == len(skips), f"{writer}: {said}")
            differs = difference(kept, pq.read_table(self.target))
            self.check(differs is None, f"{writer}, converted: {differs}")

    def codecs(self):
        """Every codec that a library writes is read, or refused by its name, by column."""
        table = make(1000, 3)
        for codec in ("none", "snappy", "gzip", "zstd", "lz4"):
            pq.write_table(table, self.source, compression=codec, row_group_size=300, data_page_size=2000)
            result = self.copy()
            self.check(not result.startswith("error"), f"{codec}: {result}")
            differs = difference(table, pq.read_table(self.target))
            self.check(differs is None, f"{codec}: {differs}")
        pq.write_table(table, self.source, compression={name: "brotli" for name in table.column_names})
        result = self.copy()
        self.check("brotli" in result and self.source in result and "`bool`" in result, f"brotli: {result}")


# Columns of types that are not read, and how each is named.
SKIPPED = {
    "decimal4": r"int32 \(decimal\(5, 2\)\)|fixedLenByteArray \(decimal\(5, 2\)\)",
    "decimal8": r"int64 \(decimal\(15, 3\)\)|fixedLenByteArray \(decimal\(15, 3\)\)",
    "decimal16": r"fixedLenByteArray \(decimal\(30, 4\)\)",
    "list": "a list column",
    "nested list": "a list column",
    "map": "a map column",
    "struct": "a struct column",
    "binary": "byteArray",
    "fixed": "fixedLenByteArray",
    "uint64": "uint64",
    "time": "time",
    "null": "null",
    "half": "float16",
}


def mixed_writers(kept):
    """name -> function(path), of the table with columns between its own that are not read."""
    rows = kept.num_rows

    def some(value, type):
        return pa.array([None if i % 5 == 0 else value(i) for i in range(rows)], type)

    others = {
        "decimal4": some(lambda i: decimal.Decimal(i) / 100, pa.decimal128(5, 2)),
        "decimal8": some(lambda i: decimal.Decimal(i) / 1000, pa.decimal128(15, 3)),
        "decimal16": some(lambda i: decimal.Decimal(i) / 10000, pa.decimal128(30, 4)),
        "list": some(lambda i: list(range(i % 4)), pa.list_(pa.int64())),
        "nested list": some(lambda i: [[i], [], None], pa.list_(pa.list_(pa.int32()))),
        "map": some(lambda i: [("k", i)], pa.map_(pa.string(), pa.int64())),
        "struct": some(lambda i: {"a": i, "b": {"c": str(i)}},
                       pa.struct({"a": pa.int64(), "b": pa.struct({"c": pa.string()})})),
        "binary": some(lambda i: b"\xff" * (i % 3), pa.binary()),
        "fixed": some(lambda i: b"abc", pa.binary(3)),
        "uint64": some(lambda i: i + 2**63, pa.uint64()),
        "time": some(lambda i: i, pa.time64("us")),
        "null": pa.nulls(rows),
        "half": some(lambda i: i / 2, pa.float16()),
    }
    names = [name for pair in zip(others, kept.column_names) for name in pair]
    names += [name for name in [*others, *kept.column_names] if name not in names]
    mixed = pa.table({name: others[name] if name in others else kept[name] for name in names})
    plain = mixed.drop_columns(["map", "null", "half", "fixed", "time"])

    def duck(path):
        connection = connect()
        connection.register("t", plain)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")

    return {
        "arrow": lambda path: pq.write_table(mixed, path, row_group_size=77),
        "arrow v2 pages, decimals as integers": lambda path: pq.write_table(
            mixed, path, data_page_version="2.0", store_decimal_as_integer=True, compression="zstd"),
        "arrow format 1.0": lambda path: pq.write_table(mixed, path, version="1.0", row_group_size=100),
        "pandas": lambda path: mixed.to_pandas(types_mapper=pandas.ArrowDtype).to_parquet(path, index=False),
        "duckdb": duck,
        "polars": lambda path: polars.from_arrow(plain).write_parquet(path, row_group_size=100),
    }


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
        checks.skipped()
        checks.codecs()
        print(f"all {checks.count:,} checks passed")


def write(directory):
    """The files of every library: small tables with extreme values, with ordinary ones, and with columns not read."""
    ordinary = make(60, 3)
    for kind, table in (("ordinary", ordinary), ("extreme", make(60, 3, extreme=True))):
        for name, write_file in writers(table).items():
            write_file(os.path.join(directory, f"{kind}, {name}.parquet"))
    for name, write_file in mixed_writers(ordinary).items():
        write_file(os.path.join(directory, f"mixed, {name}.parquet"))


def large(tool, directory, gigabytes):
    """A CSV of that size is converted and summed within 200 MB of memory; its rows and their sum are right."""
    source, target = os.path.join(directory, "large.csv"), os.path.join(directory, "large.parquet")
    generator = random.Random(5)
    texts = ["Zürich", "Oslo", '"a ""b"""', '"x,y"', "plain", "longer text with words"]
    blocks = []
    for _ in range(16):
        numbers = [generator.randrange(-(10**9), 10**9) for _ in range(50000)]
        lines = [
            f"{n},{generator.choice(texts)},{generator.random() * 1000:.6f},2013-{1 + i % 12:02d}-{1 + i % 28:02d},"
            f"2013-01-01T{i % 24:02d}:00:00Z,{'' if i % 7 == 0 else i}\n" for i, n in enumerate(numbers)]
        blocks.append(("".join(lines).encode(), len(lines), sum(numbers)))
    size, rows, total = 0, 0, 0
    try:
        with open(source, "wb") as file:
            file.write(b"n,name,x,day,at,maybe\n")
            while size < gigabytes * 1e9:
                text, block_rows, block_sum = blocks[rows // 50000 % 16]
                file.write(text)
                size, rows, total = size + len(text), rows + block_rows, total + block_sum
        columns = ["n:int64", "name:string", "x:double", "day:date", "at:timestamp", "maybe:int64?"]
        for arguments, result in (
                (["convert", source, target, *columns], f"{rows} rows"),
                (["sum", "n", target], f"{rows} rows, sum {total}"),
                (["sum", "n", source, "n:int64"], f"{rows} rows, sum {total}")):
            run = subprocess.run([tool, *arguments], capture_output=True, text=True)
            found = re.fullmatch(r"(.*), peak (\d+) bytes\n", run.stdout)
            if not found or found[1] != result or int(found[2]) > 200e6:
                print("failed:", arguments[:2], "expected", result, "within 200000000 bytes:", run.stdout, run.stderr)
                sys.exit(1)
            print(arguments[0], run.stdout, end="", flush=True)
        print(f"{size:,} bytes of CSV, {os.path.getsize(target):,} of Parquet: all 3 checks passed")
    finally:
        for path in (source, target):
            if os.path.exists(path):
                os.remove(path)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if len(arguments) in (2, 3) and arguments[0] == "check" and arguments[2:] in ([], ["--long"]):
        check(arguments[1], long=arguments[2:] == ["--long"])
    elif len(arguments) == 2 and arguments[0] == "write":
        write(arguments[1])
    elif len(arguments) == 4 and arguments[0] == "large":
        large(arguments[1], arguments[2], float(arguments[3]))
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
