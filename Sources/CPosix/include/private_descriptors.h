#ifndef DUNNAGE_PRIVATE_DESCRIPTORS_H
#define DUNNAGE_PRIVATE_DESCRIPTORS_H

#include <spawn.h>

/// Makes an empty file in memory, not inherited by child processes. Returns its descriptor, or -1 and errno.
int cposix_memory_file(const char *label);

/// Makes a pipe, not inherited by child processes: reading end, writing end. Returns 0, or -1 and errno.
int cposix_pipe(int ends[2]);

/// Lets a pipe hold more bytes, where the system allows it.
void cposix_widen_pipe(int pipe, int size);

/// Has a child process close all descriptors from `first` on, where the C library can; those of ours close themselves.
void cposix_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
