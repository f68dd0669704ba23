#ifndef DUNNAGE_FILE_STATUS_H
#define DUNNAGE_FILE_STATUS_H

#include <stddef.h>
#include <stdint.h>

/// What `lstat` tells about a file, with times in nanoseconds since 1970.
typedef struct {
    int64_t size;
    int64_t modified;
    int64_t changed;
    uint64_t device;
    uint64_t inode;
    uint32_t mode;
    uint32_t user;
    uint32_t group;
    uint32_t links;
} cposix_status;

/// Reads the status of a name in an open folder, never following a link. Returns 0 or the value of `errno`.
int cposix_status_at(int folder, const char *name, cposix_status *status);

/// Reads the status of what a name in an open folder leads to, links followed. Returns 0 or the value of `errno`.
int cposix_target_status_at(int folder, const char *name, cposix_status *status);

/// Whether an entry of an open folder has the attribute “no dump”: 1 or 0. Most file systems have no such thing.
int cposix_is_excluded_from_dumps(int folder, const char *name);

/// Whether a name in an open folder leads to a folder when links are followed: 1 or 0.
int cposix_leads_to_folder(int folder, const char *name);

/// Fills a buffer with entries of an open folder, laid out as `cposix_folder_entry` tells.
/// Returns the bytes filled, 0 at the end, or the negated value of `errno`.
ptrdiff_t cposix_read_folder(int folder, void *buffer, size_t capacity);

/// The fixed part of an entry in a folder buffer.
typedef struct {
    /// The name's first byte, counted from the start of the buffer; the name ends with a zero byte.
    size_t name_start;
    size_t name_count;
    /// A `DT_…` value.
    uint8_t type;
    /// Where the next entry is.
    size_t next;
} cposix_folder_entry;

/// Decodes the entry at `offset` of a buffer that `cposix_read_folder` filled.
cposix_folder_entry cposix_folder_entry_at(const void *buffer, size_t offset);

#endif
