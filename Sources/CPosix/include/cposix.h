#ifndef DUNNAGE_CPOSIX_H
#define DUNNAGE_CPOSIX_H

#endif
