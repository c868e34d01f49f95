/*
 * unit.h - the cases of the unit tests
 */
#ifndef NSINIT_TESTS_UNIT_UNIT_H
#define NSINIT_TESTS_UNIT_UNIT_H

#include "support/suite.h"

case_maker expand_case, ini_case, link_case, memory_case, mounts_case, namespaces_case,
    network_case, options_case, parse_case, path_case, pod_case, schedule_case, signals_case,
    text_case, words_case;

#endif
