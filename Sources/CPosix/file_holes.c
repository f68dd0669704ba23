// fallocate is a GNU extension that the Glibc module hides.
#define _GNU_SOURCE
#include "file_holes.h"

#include <fcntl.h>

int cposix_punch_hole(int file, int64_t offset, int64_t count) {
    return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
}
