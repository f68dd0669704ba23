// memmem, REG_STARTEND and per-thread locales are extensions that the Glibc module hides.
#define _GNU_SOURCE
#include "pattern.h"

#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

ptrdiff_t cposix_find(const uint8_t *haystack, size_t count, const uint8_t *needle, size_t needle_count) {
    const uint8_t *found = memmem(haystack, count, needle, needle_count);
    return found ? found - haystack : -1;
}

struct cposix_regex {
    regex_t compiled;
    // regexec decodes characters with the calling thread's locale, so both sides have to run under the same one.
    locale_t locale;
};

cposix_regex *cposix_regex_compile(const char *pattern, bool ignores_case, char *message, size_t capacity) {
    cposix_regex *regex = calloc(1, sizeof *regex);
    if (!regex) {
        strncpy(message, "out of memory", capacity);
        return NULL;
    }
    regex->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t previous = regex->locale ? uselocale(regex->locale) : (locale_t)0;
    int status = regcomp(&regex->compiled, pattern, REG_EXTENDED | REG_NOSUB | (ignores_case ? REG_ICASE : 0));
    if (status != 0) regerror(status, &regex->compiled, message, capacity);
    if (regex->locale) uselocale(previous);
    if (status == 0) return regex;
    if (regex->locale) freelocale(regex->locale);
    free(regex);
    return NULL;
}

bool cposix_regex_matches(const cposix_regex *regex, const uint8_t *bytes, size_t count) {
    regmatch_t range = {.rm_so = 0, .rm_eo = (regoff_t)count};
    locale_t previous = regex->locale ? uselocale(regex->locale) : (locale_t)0;
    int status = regexec(&regex->compiled, (const char *)bytes, 0, &range, REG_STARTEND);
    if (regex->locale) uselocale(previous);
    return status == 0;
}

void cposix_regex_free(cposix_regex *regex) {
    regfree(&regex->compiled);
    if (regex->locale) freelocale(regex->locale);
    free(regex);
}
