/*
 * unit.h - the cases of the unit tests
 */
#ifndef NSINIT_TESTS_UNIT_UNIT_H
#define NSINIT_TESTS_UNIT_UNIT_H

#include "support/suite.h"

/* All cases, one in each line. */
#define CASES(X)           \
    X(children)            \
    X(clock)               \
    X(description)         \
    X(diagram)             \
    X(environment)         \
    X(expand)              \
    X(file)                \
    X(ini)                 \
    X(json)                \
    X(link)                \
    X(memory)              \
    X(mounts)              \
    X(namespaces)          \
    X(network)             \
    X(notice)              \
    X(notice_relay)        \
    X(options)             \
    X(options_supervision) \
    X(order)               \
    X(parse)               \
    X(path)                \
    X(pod)                 \
    X(podfile)             \
    X(processes)           \
    X(resident)            \
    X(restarts)            \
    X(schedule)            \
    X(signals)             \
    X(states)              \
    X(steps)               \
    X(supervision)         \
    X(table)               \
    X(text)                \
    X(utf8)                \
    X(verdict)             \
    X(words)

#define DECLARE_CASE(name) case_maker name##_case;
CASES(DECLARE_CASE)
#undef DECLARE_CASE

#endif
