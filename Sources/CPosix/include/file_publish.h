#ifndef DUNNAGE_FILE_PUBLISH_H
#define DUNNAGE_FILE_PUBLISH_H

#include <stddef.h>
#include <sys/types.h>

/// Copies up to `count` bytes between two open files inside the kernel, at and past their current offsets.
/// Returns the bytes copied, 0 at the end of the source, or -1 with errno set.
ssize_t cposix_copy_file_range(int source, int target, size_t count);

/// Renames within one folder and fails with EEXIST, rather than replace, when the new name is taken.
/// Fails with EINVAL or ENOSYS where the file system or the kernel cannot promise that.
int cposix_rename_without_replacing(int folder, const char *name, const char *new_name);

/// Gives an open file that was made without a name one in a folder; fails with EEXIST when the name is taken, and
/// with ENOENT where /proc is missing. Returns 0, or -1 with errno set.
int cposix_name_open_file(int file, int folder, const char *name);

#endif
