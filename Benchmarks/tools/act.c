// The action of every tool that is measured: well under a millisecond, so that what is measured is the tool.
//
//     act [-c] strip OUT IN              IN without the lines that start with '#'
//     act [-c] model KIND OUT IN         16 lines that KIND and IN decide
//     act [-c] forecast KEY OUT IN...    4 lines that KEY and the INs decide
//     act [-c] agg OUT LIST              a line for each file that LIST names
//     act [-c] size OUT IN               the size of IN, which is not read
//     act [-c] sleep MS MB OUT IN...     holds MB megabytes for MS milliseconds; writes a line that the INs decide
//     act [-c] write OUT                 OUT's own name
//     act batch FILE                     each line of FILE, words with tabs between, in this one process
//
// -c: OUT stays untouched, with its time, where it holds the right bytes already.
// Where BENCH_LOG is set each action adds a line to that file: "A OUT", or of a sleep "S SECONDS MB" and
// "E SECONDS MB".
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct { char *bytes; size_t length; } Text;

static const uint64_t hash_start = 14695981039346656037ull;

// What the action is to write.
static char *output;
static size_t output_length, output_capacity;

static _Noreturn void fail(const char *what, const char *path) {
    fprintf(stderr, "act: cannot %s %s: %s\n", what, path, strerror(errno));
    exit(1);
}

static void add(const char *bytes, size_t length) {
    if (output_length + length > output_capacity) {
        output_capacity = (output_length + length) * 2 + 4096;
        output = realloc(output, output_capacity);
        if (output == NULL) fail("hold", "the output");
    }
    memcpy(output + output_length, bytes, length);
    output_length += length;
}

__attribute__((format(printf, 1, 2))) static void add_line(const char *format, ...) {
    char line[4608];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof line) fail("write", "a line that is too long");
    add(line, (size_t)length);
}

static Text contents(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail("read", path);
    Text text = {malloc((size_t)status.st_size + 1), 0};
    if (text.bytes == NULL) fail("hold", path);
    while (text.length < (size_t)status.st_size) {
        ssize_t got = read(file, text.bytes + text.length, (size_t)status.st_size - text.length);
        if (got < 0) fail("read", path);
        if (got == 0) break;
        text.length += (size_t)got;
    }
    close(file);
    text.bytes[text.length] = 0;
    return text;
}

// FNV-1a: what depends on every byte, and costs little.
static uint64_t hash(uint64_t value, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) value = (value ^ (unsigned char)bytes[i]) * 1099511628211ull;
    return value;
}

static uint64_t hash_files(uint64_t value, char **paths) {
    for (; *paths != NULL; paths++) {
        Text text = contents(*paths);
        value = hash(value, text.bytes, text.length);
        free(text.bytes);
    }
    return value;
}

__attribute__((format(printf, 1, 2))) static void record(const char *format, ...) {
    const char *path = getenv("BENCH_LOG");
    if (path == NULL || *path == 0) return;
    char line[4608];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0 || write(file, line, (size_t)length) != length) fail("write", path);
    close(file);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool holds_output(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0 || (size_t)status.st_size != output_length) return false;
    Text text = contents(path);
    bool same = text.length == output_length && memcmp(text.bytes, output, output_length) == 0;
    free(text.bytes);
    return same;
}

static void write_output(const char *path, bool keeps) {
    if (keeps && holds_output(path)) return;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) fail("write", path);
    for (size_t done = 0; done < output_length;) {
        ssize_t written = write(file, output + done, output_length - done);
        if (written <= 0) fail("write", path);
        done += (size_t)written;
    }
    if (close(file) != 0) fail("write", path);
}

static void strip(const char *path) {
    Text text = contents(path);
    for (char *line = text.bytes; *line != 0;) {
        char *end = strchr(line, '\n');
        size_t length = end == NULL ? strlen(line) : (size_t)(end - line) + 1;
        if (*line != '#') add(line, length);
        line += length;
    }
    free(text.bytes);
}

static void derive(const char *key, int lines, char **paths) {
    uint64_t value = hash_files(hash(hash_start, key, strlen(key)), paths);
    for (int line = 0; line < lines; line++) {
        value = hash(value, "x", 1);
        add_line("%s %d %016llx\n", key, line, (unsigned long long)value);
    }
}

static void aggregate(const char *list) {
    Text names = contents(list);
    char *rest = names.bytes, *name;
    while ((name = strsep(&rest, "\n")) != NULL) {
        if (*name == 0) continue;
        Text text = contents(name);
        add_line("%016llx %s\n", (unsigned long long)hash(hash_start, text.bytes, text.length), name);
        free(text.bytes);
    }
    free(names.bytes);
}

// Holds so much by RSS, as schedulers learn it. It is the same few pages over and over, because memory that a virtual
// machine has not used yet may take it seconds to get.
static void hold(size_t bytes) {
    const size_t step = 16 << 20;
    int file = memfd_create("held", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, step) != 0) fail("hold", "memory");
    for (size_t held = 0; held < bytes; held += step) {
        size_t length = bytes - held < step ? bytes - held : step;
        if (mmap(NULL, length, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0) == MAP_FAILED) fail("hold", "memory");
    }
    close(file);
}

static void doze(const char *milliseconds, const char *megabytes, char **paths) {
    double start = seconds();
    long wanted = atol(milliseconds);
    record("S %.6f %s\n", start, megabytes);
    hold((size_t)atol(megabytes) << 20);
    // What that took is part of the sleep.
    double left = start + (double)wanted / 1000 - seconds();
    struct timespec rest = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
    while (left > 0 && nanosleep(&rest, &rest) != 0) {}
    add_line("%ld %016llx\n", wanted, (unsigned long long)hash_files(hash_start, paths));
}

static void perform(int count, char **words);

static void batch(const char *path) {
    Text lines = contents(path);
    char *rest = lines.bytes, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *words[64], *word;
        int count = 0;
        while ((word = strsep(&line, "\t")) != NULL && *word != 0 && count < 63) words[count++] = word;
        words[count] = NULL;
        if (count > 0) perform(count, words);
    }
    free(lines.bytes);
}

// `words`: a mode and its words, with a null at the end.
static void perform(int count, char **words) {
    bool keeps = count > 1 && strcmp(words[0], "-c") == 0;
    if (keeps) { words++; count--; }
    const char *mode = words[0], *path = NULL;
    output_length = 0;
    if (strcmp(mode, "batch") == 0 && count == 2) { batch(words[1]); return; }
    if (strcmp(mode, "strip") == 0 && count == 3) strip(words[2]), path = words[1];
    if (strcmp(mode, "model") == 0 && count == 4) derive(words[1], 16, words + 3), path = words[2];
    if (strcmp(mode, "forecast") == 0 && count >= 4) derive(words[1], 4, words + 3), path = words[2];
    if (strcmp(mode, "agg") == 0 && count == 3) aggregate(words[2]), path = words[1];
    if (strcmp(mode, "write") == 0 && count == 2) add(words[1], strlen(words[1])), path = words[1];
    if (strcmp(mode, "sleep") == 0 && count >= 4) doze(words[1], words[2], words + 4), path = words[3];
    if (strcmp(mode, "size") == 0 && count == 3) {
        struct stat status;
        if (stat(words[2], &status) != 0) fail("look at", words[2]);
        add_line("%lld\n", (long long)status.st_size);
        path = words[1];
    }
    if (path == NULL) {
        fprintf(stderr, "act: %s with %d words: see the head of act.c\n", mode, count - 1);
        exit(64);
    }
    write_output(path, keeps);
    if (strcmp(mode, "sleep") == 0) record("E %.6f %s\n", seconds(), words[2]);
    else record("A %s\n", path);
}

int main(int count, char **words) {
    if (count < 2) { fprintf(stderr, "act: no words: see the head of act.c\n"); return 64; }
    perform(count - 1, words + 1);
    return 0;
}
