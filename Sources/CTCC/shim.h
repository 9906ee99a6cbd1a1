// libtcc's own header: later versions of it swapped the values of two output types, so the names, never the numbers, are used.
#include <libtcc.h>
