# armhf.cmake - 32-bit ARM, from v7 on, with a floating point unit

set(CMAKE_SYSTEM_PROCESSOR arm)
set(triplet arm-linux-gnueabihf)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
