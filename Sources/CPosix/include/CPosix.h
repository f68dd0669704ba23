#ifndef DUNNAGE_CPOSIX_H
#define DUNNAGE_CPOSIX_H

#include "file_publish.h"
#include "thread_name.h"

#endif
