#ifndef DBUILD_SHA256_H
#define DBUILD_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Compresses whole blocks of 64 bytes into a state of 8 words, with the processor's own instructions for it.

   Returns 0, and has done nothing, where it has none. */
int dbuild_sha256_blocks(uint32_t state[8], const void *data, size_t blocks);

#endif
