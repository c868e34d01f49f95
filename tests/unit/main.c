/*
 * main.c - the unit tests: pure logic, no processes
 */
#include "unit/unit.h"

int main(void)
{
    case_maker *const makers[] = {expand_case,  ini_case,        link_case,    memory_case,
                                  mounts_case,  namespaces_case, network_case, options_case,
                                  parse_case,   path_case,       pod_case,     schedule_case,
                                  signals_case, text_case,       words_case,   NULL};

    return run_cases("unit", makers);
}
