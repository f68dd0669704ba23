#ifndef DUNNAGE_EXTENDED_ATTRIBUTES_H
#define DUNNAGE_EXTENDED_ATTRIBUTES_H

#include <stddef.h>
#include <stdint.h>

// None of these follows a symbolic link. Negative results are negated values of `errno`.

/// Writes the names of all attributes, each ended by a zero byte, and returns their length.
ptrdiff_t cposix_list_attributes(const char *path, void *buffer, size_t capacity);

/// Writes the value of an attribute and returns its length.
ptrdiff_t cposix_get_attribute(const char *path, const char *name, void *buffer, size_t capacity);

/// Sets an attribute, new or not. Returns 0.
int cposix_set_attribute(const char *path, const char *name, const void *value, size_t count);

/// Removes an attribute. Returns 0.
int cposix_remove_attribute(const char *path, const char *name);

/// Sets the time of the last change of the content, and leaves the time of the last access. Returns 0.
int cposix_set_modified(const char *path, int64_t seconds, int64_t nanoseconds);

// The same for a file that is open.

/// Writes the names of all attributes, each ended by a zero byte, and returns their length.
ptrdiff_t cposix_list_open_attributes(int file, void *buffer, size_t capacity);

/// Sets an attribute, new or not. Returns 0.
int cposix_set_open_attribute(int file, const char *name, const void *value, size_t count);

/// Removes an attribute. Returns 0.
int cposix_remove_open_attribute(int file, const char *name);

/// Sets the time of the last change of the content, and leaves the time of the last access. Returns 0.
int cposix_set_open_modified(int file, int64_t seconds, int64_t nanoseconds);

#endif
