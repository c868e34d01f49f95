/*
 * main.c - the unit tests: pure logic, no processes
 */
#include "unit/unit.h"

int main(void)
{
#define CASE_OF(name) name##_case,
    case_maker *const makers[] = {CASES(CASE_OF) NULL};

    return run_cases("unit", makers);
}
