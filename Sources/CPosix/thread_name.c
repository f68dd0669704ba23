// pthread_setname_np is a GNU extension that the Glibc module hides.
#define _GNU_SOURCE
#include "thread_name.h"

#include <pthread.h>
#include <string.h>

void cposix_set_thread_name(const char *name) {
    char cut[16] = {0};
    strncpy(cut, name, sizeof(cut) - 1);
    (void)pthread_setname_np(pthread_self(), cut);
}
