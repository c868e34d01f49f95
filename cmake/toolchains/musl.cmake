# musl.cmake - what the toolchain files share: Debian's cross compiler with the musl that
# contrib/cross has compiled
#
# Each of them sets CMAKE_SYSTEM_PROCESSOR (as qemu-user names it), `triplet` (as Debian names the
# compiler) and, where the compiler must be told of something, `flags`. contrib/cross reads them
# there, too, each from a line of its own.

set(CMAKE_SYSTEM_NAME Linux)

get_filename_component(architecture ${CMAKE_PARENT_LIST_FILE} NAME_WE)
get_filename_component(sysroot
    ${CMAKE_CURRENT_LIST_DIR}/../../build/cross/${architecture}/sysroot ABSOLUTE)

set(CMAKE_C_COMPILER ${sysroot}/bin/musl-gcc)
set(CMAKE_C_FLAGS_INIT "${flags}")
# Those that can look into what link-time optimization leaves to the end.
find_program(CMAKE_C_COMPILER_AR ${triplet}-gcc-ar REQUIRED)
find_program(CMAKE_C_COMPILER_RANLIB ${triplet}-gcc-ranlib REQUIRED)
set(CMAKE_AR ${CMAKE_C_COMPILER_AR})
set(CMAKE_RANLIB ${CMAKE_C_COMPILER_RANLIB})

# Libraries of this machine are none of that one's.
set(CMAKE_FIND_ROOT_PATH ${sysroot})
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${sysroot}/lib/pkgconfig)

# For what is built to be run: the unit tests. This machine runs its own binaries.
if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR)
    set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${CMAKE_SYSTEM_PROCESSOR}-static)
endif()
