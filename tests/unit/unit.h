/*
 * unit.h - the cases of the unit tests
 */
#ifndef NSINIT_TESTS_UNIT_UNIT_H
#define NSINIT_TESTS_UNIT_UNIT_H

#include "support/suite.h"

case_maker children_case, clock_case, description_case, environment_case, expand_case, ini_case,
    json_case, link_case, memory_case, mounts_case, namespaces_case, network_case, notice_case,
    notice_relay_case, options_case, options_supervision_case, order_case, parse_case, path_case,
    pod_case, podfile_case, restarts_case, schedule_case, signals_case, states_case, steps_case,
    supervision_case, text_case, verdict_case, words_case;

#endif
