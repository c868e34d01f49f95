/*
 * unit.h - the cases of the unit tests
 */
#ifndef NSINIT_TESTS_UNIT_UNIT_H
#define NSINIT_TESTS_UNIT_UNIT_H

#include "support/suite.h"

/* All cases, one in each line. */
#define CASES(X)            \
    X(backoff)              \
    X(channel)              \
    X(children)             \
    X(cmdline)              \
    X(depends)              \
    X(diagram_graph)        \
    X(environ)              \
    X(expand)               \
    X(file)                 \
    X(health_state)         \
    X(identity_json)        \
    X(ini)                  \
    X(json)                 \
    X(loop_arena)           \
    X(mount_spec)           \
    X(namespaces)           \
    X(notify_message)       \
    X(notify_message_relay) \
    X(optparse)             \
    X(parse)                \
    X(path_search)          \
    X(pod)                  \
    X(podfile)              \
    X(process_info)         \
    X(process_list)         \
    X(set_supervision)      \
    X(shellwords)           \
    X(signal_names)         \
    X(states)               \
    X(stop)                 \
    X(stop_schedule)        \
    X(strbuf)               \
    X(suggest)              \
    X(supervision)          \
    X(text_table)           \
    X(time)                 \
    X(utf8)                 \
    X(veth_spec)

#define DECLARE_CASE(name) case_maker name##_case;
CASES(DECLARE_CASE)
#undef DECLARE_CASE

#endif
