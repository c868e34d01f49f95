#include "system/system.h"
TCase *hardship_case(void)
{
    const TTest *const tests[] = {NULL};
    return case_of("hardship", tests);
}
