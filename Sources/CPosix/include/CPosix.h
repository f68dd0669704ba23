#ifndef DUNNAGE_CPOSIX_H
#define DUNNAGE_CPOSIX_H

#include "extended_attributes.h"
#include "file_holes.h"
#include "file_publish.h"
#include "file_status.h"
#include "file_system_kind.h"
#include "memory_allocator.h"
#include "open_flags.h"
#include "pattern.h"
#include "private_descriptors.h"
#include "private_memory.h"
#include "process_copy.h"
#include "sockets.h"
#include "thread_name.h"
#include "thread_priority.h"

#endif
