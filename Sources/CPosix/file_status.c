// getdents64 is a GNU extension that the Glibc module hides.
#define _GNU_SOURCE
#include "file_status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

static int64_t nanoseconds(struct timespec time) {
    int64_t result;
    // A file system may hold any date; the years 1677 to 2262 are what 64 bits reach.
    if (__builtin_mul_overflow((int64_t)time.tv_sec, (int64_t)1000000000, &result) ||
        __builtin_add_overflow(result, (int64_t)time.tv_nsec, &result))
        return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return result;
}

static int status_at(int folder, const char *name, int flags, cposix_status *status) {
    struct stat found;
    if (fstatat(folder, name, &found, flags) != 0) return errno;
    status->size = found.st_size;
    status->modified = nanoseconds(found.st_mtim);
    status->changed = nanoseconds(found.st_ctim);
    status->device = found.st_dev;
    status->inode = found.st_ino;
    status->mode = found.st_mode;
    status->user = found.st_uid;
    status->group = found.st_gid;
    status->links = (uint32_t)found.st_nlink;
    return 0;
}

int cposix_status_at(int folder, const char *name, cposix_status *status) {
    return status_at(folder, name, AT_SYMLINK_NOFOLLOW | (name[0] == 0 ? AT_EMPTY_PATH : 0), status);
}

int cposix_target_status_at(int folder, const char *name, cposix_status *status) {
    return status_at(folder, name, 0, status);
}

int cposix_is_excluded_from_dumps(int folder, const char *name) {
    struct statx found;
    if (statx(folder, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &found) != 0) return 0;
    return (found.stx_attributes & STATX_ATTR_NODUMP) != 0;
}

int cposix_leads_to_folder(int folder, const char *name) {
    struct stat found;
    return fstatat(folder, name, &found, 0) == 0 && S_ISDIR(found.st_mode);
}

ptrdiff_t cposix_read_folder(int folder, void *buffer, size_t capacity) {
    ptrdiff_t count = getdents64(folder, buffer, capacity);
    return count < 0 ? -errno : count;
}

cposix_folder_entry cposix_folder_entry_at(const void *buffer, size_t offset) {
    const struct dirent64 *entry = (const struct dirent64 *)((const char *)buffer + offset);
    cposix_folder_entry result;
    result.name_start = offset + offsetof(struct dirent64, d_name);
    result.name_count = strlen(entry->d_name);
    result.type = entry->d_type;
    result.next = offset + entry->d_reclen;
    return result;
}
