#ifndef DUNNAGE_PATTERN_H
#define DUNNAGE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Returns where `needle` first occurs in `haystack`, or -1.
ptrdiff_t cposix_find(const uint8_t *haystack, size_t count, const uint8_t *needle, size_t needle_count);

/// A compiled POSIX extended regular expression over UTF-8, whatever the locale of the process.
typedef struct cposix_regex cposix_regex;

/// Compiles a pattern; on failure returns NULL and writes the reason to `message`.
cposix_regex *cposix_regex_compile(const char *pattern, bool ignores_case, char *message, size_t capacity);

/// Whether the pattern matches somewhere in the bytes. Any thread may call it.
bool cposix_regex_matches(const cposix_regex *regex, const uint8_t *bytes, size_t count);

/// Releases what `cposix_regex_compile` returned.
void cposix_regex_free(cposix_regex *regex);

#endif
