#pragma once

#include <stddef.h>
#include <stdint.h>

// A running SHA-256 of a file.
typedef struct {
    uint32_t state[8];
    uint64_t length;
    uint32_t carried;
    uint8_t carry[64];
} csha256_file;

// Whether this machine has the instructions that the functions below need.
int csha256_is_available(void);

void csha256_begin(csha256_file *file);

// Continues the hash of a file with a block, and writes the block's own hash: 32 bytes.
//
// One SHA-256 is bound by the latency of its rounds, so a second one beside it, over the same bytes and thus with the same
// message schedule, costs next to nothing.
void csha256_add_block(csha256_file *file, const uint8_t *block, size_t count, uint8_t *digest);

// Writes the hash of the file: 32 bytes.
void csha256_finish(csha256_file *file, uint8_t *digest);
