#include "private_memory.h"

#include <sys/prctl.h>

void cposix_keep_memory_private(void) { (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
