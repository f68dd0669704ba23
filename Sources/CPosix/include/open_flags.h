#ifndef DUNNAGE_OPEN_FLAGS_H
#define DUNNAGE_OPEN_FLAGS_H

/// For `open`: write and read past the kernel's cache. A GNU extension that the Glibc module hides.
extern const int CPOSIX_O_DIRECT;

/// For `open`: leave the access time as it is. A GNU extension that the Glibc module hides; allowed to owners only.
extern const int CPOSIX_O_NOATIME;

/// For `open` of a folder: make a file in it that has no name. Not every file system can.
extern const int CPOSIX_O_TMPFILE;

#endif
