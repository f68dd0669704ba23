#include "memory_allocator.h"

#include <features.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void cposix_return_memory_early(void) {
#ifdef __GLIBC__
    (void)mallopt(M_ARENA_MAX, 2);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 20);
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}
