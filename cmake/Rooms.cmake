# Rooms.cmake - the source files of nsinit, and the rooms that a build can leave out
#
# A room that is left out is out of the build, with its rows of the option table. One file of
# src/without stands in its place: it has the doors that the rest of nsinit calls, which do nothing
# there, and the names of the options, which say that they are left out.

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.c)
list(FILTER sources EXCLUDE REGEX "/src/tools/")

# nsinit_room(ROOM DESCRIPTION PATTERN...): the option NSINIT_WITH_ROOM, and the files that make it up.
function(nsinit_room room description)
    option(NSINIT_WITH_${room} "${description}" ON)
    string(TOLOWER ${room} name)
    if(NSINIT_WITH_${room})
        list(FILTER sources EXCLUDE REGEX "/src/without/no_${name}\\.c$")
    else()
        foreach(pattern IN LISTS ARGN)
            list(FILTER sources EXCLUDE REGEX "/src/${pattern}\\.c$")
        endforeach()
    endif()
    set(sources ${sources} PARENT_SCOPE)
endfunction()

nsinit_room(NAMESPACES "Namespaces, mounts, ID maps and network (--unshare, --enter, --mount, --veth)"
    "mount/[a-z_]+" "net/[a-z_]+" "plan/namespaces"
    "spawn/(id_ranges|idmap|setup_child|setup_parent|setup_steps)"
    "visit/(entered_process|ns_join|exec_terminal|guard)" "init/(inner|inner_report|inner_watch|pty_flow|pty_relay)"
    "options/(set_namespaces|set_mounts|set_network)")
nsinit_room(PROCESS "Limits, capabilities, descriptors and session of a program (--rlimit, --cap-drop)"
    "options/set_process" "plan/process")
nsinit_room(SUPERVISION "Restarts, health checks, notifications and output (--restart, --notify)"
    "logs/[a-z_]+" "pod/manager" "options/set_supervision" "spawn/notify_socket"
    "util/log_format"
    "service/(backoff|discard|health|health_state|main_pid|notify|notify_message|notify_relay|ready_fd)")
nsinit_room(PODS "Several services from a pod file (--pod, --check)"
    "pod/(shared|lent)_namespaces" "options/(check|podfile|podfile_check|set_pod)" "spawn/preflight")
nsinit_room(REPORT "Events as JSON (--report)" "report/(event_json|report_file)" "options/set_report")
nsinit_room(NSCTL "nsctl and the control socket (--control)" "control/[a-z_]+" "nsctl/[a-z_]+"
    "options/set_control")
nsinit_room(MACHINE "The first process of a machine (--boot, --watchdog-device)"
    "machine/[a-z_]+" "init/watchdog" "options/set_machine")

# nsinit_room_needs(ROOM OTHER)
function(nsinit_room_needs room other)
    if(NSINIT_WITH_${room} AND NOT NSINIT_WITH_${other})
        message(FATAL_ERROR "NSINIT_WITH_${room} needs NSINIT_WITH_${other}")
    endif()
endfunction()

nsinit_room_needs(PODS SUPERVISION)
nsinit_room_needs(NSCTL REPORT)
nsinit_room_needs(MACHINE NAMESPACES)
nsinit_room_needs(MACHINE PODS)

# A stand-in has the parameters of what it stands for.
file(GLOB stand_ins ${PROJECT_SOURCE_DIR}/src/without/*.c)
set_property(SOURCE ${stand_ins} APPEND PROPERTY COMPILE_OPTIONS -Wno-unused-parameter)
