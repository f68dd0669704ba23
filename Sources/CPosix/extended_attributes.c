// The Glibc module has neither sys/xattr.h nor UTIME_OMIT.
#define _GNU_SOURCE
#include "extended_attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

ptrdiff_t cposix_list_attributes(const char *path, void *buffer, size_t capacity) {
    ptrdiff_t count = llistxattr(path, buffer, capacity);
    return count < 0 ? -errno : count;
}

ptrdiff_t cposix_get_attribute(const char *path, const char *name, void *buffer, size_t capacity) {
    ptrdiff_t count = lgetxattr(path, name, buffer, capacity);
    return count < 0 ? -errno : count;
}

int cposix_set_attribute(const char *path, const char *name, const void *value, size_t count) {
    return lsetxattr(path, name, value, count, 0) == 0 ? 0 : -errno;
}

int cposix_remove_attribute(const char *path, const char *name) {
    return lremovexattr(path, name) == 0 ? 0 : -errno;
}

int cposix_set_modified(const char *path, int64_t seconds, int64_t nanoseconds) {
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
}

ptrdiff_t cposix_list_open_attributes(int file, void *buffer, size_t capacity) {
    ptrdiff_t count = flistxattr(file, buffer, capacity);
    return count < 0 ? -errno : count;
}

int cposix_set_open_attribute(int file, const char *name, const void *value, size_t count) {
    return fsetxattr(file, name, value, count, 0) == 0 ? 0 : -errno;
}

int cposix_remove_open_attribute(int file, const char *name) {
    return fremovexattr(file, name) == 0 ? 0 : -errno;
}

int cposix_set_open_modified(int file, int64_t seconds, int64_t nanoseconds) {
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    return futimens(file, times) == 0 ? 0 : -errno;
}
