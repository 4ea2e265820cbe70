// The action of every peer: writes a few bytes to the file that it is given.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count != 2) return 64;
    int file = open(words[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0) return 1;
    size_t length = strlen(words[1]);
    return write(file, words[1], length) == (ssize_t)length && close(file) == 0 ? 0 : 1;
}
