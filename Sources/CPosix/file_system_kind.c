// The Glibc module has no sys/vfs.h.
#include "file_system_kind.h"

#include <errno.h>
#include <sys/vfs.h>

int64_t cposix_file_system_kind(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (int64_t)(uint32_t)status.f_type : -errno;
}
