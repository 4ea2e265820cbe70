#ifndef SQLITE_SETUP_H
#define SQLITE_SETUP_H

/// Has SQLite not count the memory that it takes: each of its allocations in any thread waits for one lock otherwise
/// (SQLite 3, SQLITE_CONFIG_MEMSTATUS, https://www.sqlite.org/c3ref/c_config_covering_index_scan.html).
///
/// To be called before the first connection; later it changes nothing.
///
/// Returns SQLITE_OK, or SQLITE_MISUSE where it is too late.
int sqlite_without_memory_statistics(void);

#endif
