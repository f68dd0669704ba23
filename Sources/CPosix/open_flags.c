#define _GNU_SOURCE
#include "open_flags.h"

#include <fcntl.h>

const int CPOSIX_O_DIRECT = O_DIRECT;
const int CPOSIX_O_NOATIME = O_NOATIME;
const int CPOSIX_O_TMPFILE = O_TMPFILE;
