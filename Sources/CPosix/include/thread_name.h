#ifndef DUNNAGE_THREAD_NAME_H
#define DUNNAGE_THREAD_NAME_H

/// Names the calling thread for debuggers and `top`; longer names are cut to 15 characters.
void cposix_set_thread_name(const char *name);

#endif
