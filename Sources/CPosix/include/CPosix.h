#ifndef DUNNAGE_CPOSIX_H
#define DUNNAGE_CPOSIX_H

#include "thread_name.h"

#endif
