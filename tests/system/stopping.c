#include "system/system.h"
TCase *stopping_case(void)
{
    const TTest *const tests[] = {NULL};
    return case_of("stopping", tests);
}
