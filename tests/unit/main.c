/*
 * main.c - the unit tests: pure logic, no processes
 */
#include "unit/unit.h"

int main(int argc, char **argv)
{
    case_maker *const makers[] = {ALL_CASES, NULL};

    return suite_main(&(struct suite){.name = "unit", .makers = makers}, argc, argv);
}
