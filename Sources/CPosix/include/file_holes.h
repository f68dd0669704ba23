#ifndef DUNNAGE_FILE_HOLES_H
#define DUNNAGE_FILE_HOLES_H

#include <stdint.h>

/// Makes a part of an open file read as zeros and take no space, without changing its size. Returns 0, or -1 with
/// errno set; EOPNOTSUPP where the file system cannot do that.
int cposix_punch_hole(int file, int64_t offset, int64_t count);

#endif
