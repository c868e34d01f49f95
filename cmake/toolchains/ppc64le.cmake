# ppc64le.cmake - 64-bit POWER, little-endian

set(CMAKE_SYSTEM_PROCESSOR ppc64le)
set(triplet powerpc64le-linux-gnu)
# The only one that musl knows there.
set(flags -mlong-double-64)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
