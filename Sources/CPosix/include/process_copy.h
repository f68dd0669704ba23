#ifndef DUNNAGE_PROCESS_COPY_H
#define DUNNAGE_PROCESS_COPY_H

#include <sys/types.h>

/// `fork`, which Swift does not offer; only for a process that has no other threads.
pid_t cposix_fork(void);

#endif
