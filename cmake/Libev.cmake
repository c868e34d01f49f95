# Libev.cmake - the event loop: the system's shared library, or only the parts in use, compiled in

if(NOT NSINIT_STATIC)
    find_path(LIBEV_INCLUDE_DIR ev.h REQUIRED)
    find_library(LIBEV_LIBRARY ev REQUIRED)
    add_library(nsinit_libev INTERFACE)
    target_include_directories(nsinit_libev SYSTEM INTERFACE ${LIBEV_INCLUDE_DIR})
    target_link_libraries(nsinit_libev INTERFACE ${LIBEV_LIBRARY})
    return()
endif()

if(NOT EXISTS "${NSINIT_LIBEV_SOURCE}/ev.c")
    message(FATAL_ERROR "NSINIT_LIBEV_SOURCE holds no ev.c: run contrib/deps first, "
        "or set it to an unpacked libev source tree")
endif()

add_library(nsinit_libev STATIC ${NSINIT_LIBEV_SOURCE}/ev.c)
target_include_directories(nsinit_libev SYSTEM PUBLIC ${NSINIT_LIBEV_SOURCE})
# Public: they change the structures in ev.h. Left are epoll, io and timer watchers.
target_compile_definitions(nsinit_libev PUBLIC
    EV_STANDALONE=1 EV_FEATURES=0 EV_MULTIPLICITY=1 EV_COMPAT3=0 EV_AVOID_STDIO=1
    EV_USE_EPOLL=1 EV_USE_SELECT=0 EV_USE_POLL=0 EV_USE_LINUXAIO=0 EV_USE_IOURING=0
    EV_USE_MONOTONIC=1 EV_USE_REALTIME=0 EV_USE_CLOCK_SYSCALL=0 EV_USE_NANOSLEEP=0
    EV_USE_SIGNALFD=0 EV_USE_EVENTFD=0 EV_USE_TIMERFD=0 EV_USE_INOTIFY=0
    EV_PERIODIC_ENABLE=0 EV_SIGNAL_ENABLE=0 EV_CHILD_ENABLE=0 EV_ASYNC_ENABLE=0
    EV_STAT_ENABLE=0 EV_EMBED_ENABLE=0 EV_NO_THREADS=1)
target_compile_definitions(nsinit_libev PRIVATE _GNU_SOURCE)
target_compile_options(nsinit_libev PRIVATE -w ${NSINIT_SMALL} -fno-strict-aliasing)
