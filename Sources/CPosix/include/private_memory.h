#ifndef DUNNAGE_PRIVATE_MEMORY_H
#define DUNNAGE_PRIVATE_MEMORY_H

/// Keeps the memory of this process out of core dumps, and from other processes of its user that would read it.
///
/// Secrets are in it. A program that this one starts is like any other again.
void cposix_keep_memory_private(void);

#endif
