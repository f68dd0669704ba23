#ifndef CPOSIX_FILE_SYSTEM_KIND_H
#define CPOSIX_FILE_SYSTEM_KIND_H

#include <stdint.h>

/// The number of the kind of the file system that a path is on, of `linux/magic.h`, or `-errno`.
int64_t cposix_file_system_kind(const char *path);

#endif
