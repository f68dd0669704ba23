#define _GNU_SOURCE
#include "file_publish.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

ssize_t cposix_copy_file_range(int source, int target, size_t count) {
    return copy_file_range(source, NULL, target, NULL, count, 0);
}

int cposix_rename_without_replacing(int folder, const char *name, const char *new_name) {
    return renameat2(folder, name, folder, new_name, RENAME_NOREPLACE);
}

int cposix_name_open_file(int file, int folder, const char *name) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW);
}
