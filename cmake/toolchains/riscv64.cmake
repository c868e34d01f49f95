# riscv64.cmake - 64-bit RISC-V

set(CMAKE_SYSTEM_PROCESSOR riscv64)
set(triplet riscv64-linux-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
