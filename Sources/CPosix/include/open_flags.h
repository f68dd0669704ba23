#ifndef DUNNAGE_OPEN_FLAGS_H
#define DUNNAGE_OPEN_FLAGS_H

/// For `open`: leave the access time as it is. A GNU extension that the Glibc module hides; allowed to owners only.
extern const int CPOSIX_O_NOATIME;

#endif
