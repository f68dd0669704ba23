#ifndef DUNNAGE_SOCKETS_H
#define DUNNAGE_SOCKETS_H

#include <stdint.h>
#include <sys/socket.h>

/// Takes a waiting connection; it is not inherited by child processes, and never waits. Returns its descriptor, or -1 and
/// errno.
int cposix_accept(int listener, struct sockaddr_storage *peer);

/// Who was at the other end of a Unix socket when it was connected. Returns 0, or -1 and errno.
int cposix_peer_credentials(int connection, uint32_t *user, uint32_t *group, int32_t *process);

/// Makes a descriptor that is ready to be read when it was added to, not inherited and never waiting; or -1 and errno.
int cposix_wake_descriptor(void);

/// Makes a set of descriptors to be watched, not inherited by child processes; or -1 and errno.
int cposix_watch(void);

/// What a descriptor of a set is ready for.
typedef struct {
    /// The number that it was given.
    uint64_t token;
    /// Whether something can be read, or the end of it, or an error.
    int is_readable;
    /// Whether something can be written, or an error is to be found.
    int is_writable;
} cposix_ready;

/// Watches a descriptor until it is ready once; `is_new` when it is not in the set yet. Returns 0, or -1 and errno.
int cposix_watch_once(int set, int descriptor, uint64_t token, int reads, int writes, int is_new);

/// Waits until something is ready, or that many milliseconds, or for ever when negative. Returns how many, or -1 and errno.
int cposix_watch_wait(int set, cposix_ready *ready, int capacity, int milliseconds);

#endif
