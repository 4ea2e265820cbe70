// The action: sleeps for so many milliseconds, and writes the file that it is given.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count < 3) return 64;
    long milliseconds = atol(words[1]);
    struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&rest, &rest) != 0) {}
    int file = open(words[count - 1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0) return 1;
    // A part of what it read, so that another source gives another file.
    char bytes[4096];
    ssize_t length = 0;
    for (int word = 2; word < count - 1; word++) {
        int input = open(words[word], O_RDONLY);
        if (input < 0) return 1;
        ssize_t here = read(input, bytes + length, (sizeof bytes - (size_t)length) / 2);
        if (here < 0) return 1;
        length += here;
        close(input);
    }
    if (write(file, bytes, (size_t)length) != length) return 1;
    return close(file) == 0 ? 0 : 1;
}
