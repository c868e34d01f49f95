/*
 * unit.h - the cases of the unit tests, in a header that CMake writes
 */
#ifndef NSINIT_TESTS_UNIT_UNIT_H
#define NSINIT_TESTS_UNIT_UNIT_H

#include "cases.h"

#endif
