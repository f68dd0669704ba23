// syscall() is an extension, and the C library has no functions for priorities at the disks.
#define _GNU_SOURCE
#include "thread_priority.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOWEST_NICE 19
#define DISK_OF_THREAD 1
#define DISK_CLASS_SHIFT 13
#define DISK_LOWEST_LEVEL 7

// Linux takes the identifier of a thread where POSIX means a process, and 0 for the calling thread.
int cposix_thread_nice(int thread) {
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, (id_t)thread);
    return nice == -1 && errno != 0 ? -100 : nice;
}

int cposix_lower_thread_cpu(void) {
    if (cposix_thread_nice(0) >= LOWEST_NICE) return 0;
    return setpriority(PRIO_PROCESS, 0, LOWEST_NICE) == 0 ? 0 : errno;
}

int cposix_thread_disk_class(int thread) {
    long priority = syscall(SYS_ioprio_get, DISK_OF_THREAD, thread);
    return priority < 0 ? -1 : (int)(priority >> DISK_CLASS_SHIFT);
}

int cposix_lower_thread_disk(int disk_class) {
    if (cposix_thread_disk_class(0) == CPOSIX_DISK_IDLE) return 0;
    int level = disk_class == CPOSIX_DISK_SHARED ? DISK_LOWEST_LEVEL : 0;
    long status = syscall(SYS_ioprio_set, DISK_OF_THREAD, 0, disk_class << DISK_CLASS_SHIFT | level);
    return status == 0 ? 0 : errno;
}
