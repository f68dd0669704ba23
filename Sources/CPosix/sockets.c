#define _GNU_SOURCE
#include "include/sockets.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

int cposix_accept(int listener, struct sockaddr_storage *peer) {
    socklen_t length = sizeof *peer;
    return accept4(listener, (struct sockaddr *)peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int cposix_peer_credentials(int connection, uint32_t *user, uint32_t *group, int32_t *process) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *user = credentials.uid;
    *group = credentials.gid;
    *process = credentials.pid;
    return 0;
}

int cposix_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cposix_watch(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cposix_watch_once(int set, int descriptor, uint64_t token, int reads, int writes, int is_new) {
    struct epoll_event event = {0};
    event.events = EPOLLONESHOT | (reads ? EPOLLIN | EPOLLRDHUP : 0) | (writes ? EPOLLOUT : 0);
    event.data.u64 = token;
    return epoll_ctl(set, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

int cposix_watch_wait(int set, cposix_ready *ready, int capacity, int milliseconds) {
    struct epoll_event events[128];
    if (capacity > 128) capacity = 128;
    int count = epoll_wait(set, events, capacity, milliseconds);
    for (int index = 0; index < count; index++) {
        uint32_t state = events[index].events;
        ready[index].token = events[index].data.u64;
        ready[index].is_readable = (state & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        ready[index].is_writable = (state & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    }
    return count;
}
