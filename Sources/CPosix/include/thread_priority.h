#ifndef DUNNAGE_THREAD_PRIORITY_H
#define DUNNAGE_THREAD_PRIORITY_H

/// How a thread shares the disks; the numbers are the kernel's classes.
enum {
    CPOSIX_DISK_USUAL = 0,
    CPOSIX_DISK_SHARED = 2,
    CPOSIX_DISK_IDLE = 3,
};

/// Has the calling thread go after all others for a processor; threads and processes that it starts inherit that.
/// Returns 0, or the number of the error.
int cposix_lower_thread_cpu(void);

/// Has the calling thread go after others for the disks: within the shared class (`CPOSIX_DISK_SHARED`) in the last of
/// its levels, or only when nobody else wants them (`CPOSIX_DISK_IDLE`). Does nothing for a thread that is lower already.
/// Returns 0, or the number of the error.
int cposix_lower_thread_disk(int disk_class);

/// The nice value of a thread of this process, 0 for the calling one; -100 when there is no such thread.
int cposix_thread_nice(int thread);

/// The class of a thread of this process for the disks, 0 for the calling one; -1 when the system has none.
int cposix_thread_disk_class(int thread);

#endif
