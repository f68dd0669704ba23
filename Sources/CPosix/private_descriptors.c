#define _GNU_SOURCE
#include "include/private_descriptors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int cposix_memory_file(const char *label) { return memfd_create(label, MFD_CLOEXEC); }

void cposix_widen_pipe(int pipe, int size) { (void)fcntl(pipe, F_SETPIPE_SZ, size); }

int cposix_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

void cposix_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    (void)posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
    (void)actions;
    (void)first;
#endif
}
