// Nothing outlives the measuring program, however it ends.
#pragma once

// Returns in a child, which is to do the work. The guard waits for that and for all it leaves
// behind, and ends with its exit code; told to end by a signal, it ends the child before.
void guard_begin(void);
