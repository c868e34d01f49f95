# Flags.cmake - warnings, hardening and the three special kinds of build, as one interface target

add_library(nsinit_flags INTERFACE)
target_compile_definitions(nsinit_flags INTERFACE _GNU_SOURCE)
target_compile_options(nsinit_flags INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -fstack-protector-strong)
if(NSINIT_WERROR)
    target_compile_options(nsinit_flags INTERFACE -Werror)
endif()

if(NSINIT_FUZZ)
    target_compile_options(nsinit_flags INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(nsinit_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(NSINIT_SANITIZE)
    target_compile_options(nsinit_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
    target_link_options(nsinit_flags INTERFACE -fsanitize=address,undefined)
elseif(NSINIT_COVERAGE)
    target_compile_options(nsinit_flags INTERFACE --coverage -O0 -g)
    target_link_options(nsinit_flags INTERFACE --coverage)
elseif(NSINIT_STATIC)
    # musl-gcc looks at musl's headers alone: show it the kernel's, and no other of glibc's.
    include(CheckIncludeFile)
    check_include_file(linux/rtnetlink.h NSINIT_HAVE_KERNEL_HEADERS)
    if(NOT NSINIT_HAVE_KERNEL_HEADERS)
        execute_process(COMMAND ${CMAKE_C_COMPILER} -print-multiarch
            OUTPUT_VARIABLE triplet OUTPUT_STRIP_TRAILING_WHITESPACE)
        set(headers "${PROJECT_BINARY_DIR}/kernel-headers")
        file(MAKE_DIRECTORY ${headers})
        foreach(folder linux asm asm-generic)
            find_path(parent ${folder} NO_CACHE REQUIRED NO_DEFAULT_PATH
                PATHS /usr/include/${triplet} /usr/include)
            file(REAL_PATH ${parent}/${folder} folder_path)
            file(CREATE_LINK ${folder_path} ${headers}/${folder} SYMBOLIC)
            unset(parent)
        endforeach()
        target_compile_options(nsinit_flags INTERFACE -idirafter ${headers})
    endif()
    # The binary is not position independent: doc/BENCHMARKS.md has what static PIE would cost.
    include(CheckCCompilerFlag)
    include(CheckCSourceCompiles)
    check_c_compiler_flag(-Oz NSINIT_HAVE_OZ)
    set(CMAKE_REQUIRED_FLAGS -flto=auto)
    check_c_source_compiles("int main(void) { return 0; }" NSINIT_HAVE_LTO)
    unset(CMAKE_REQUIRED_FLAGS)
    set(NSINIT_SMALL $<IF:$<BOOL:${NSINIT_HAVE_OZ}>,-Oz,-Os> -fno-pie -ffunction-sections
        -fdata-sections -fno-asynchronous-unwind-tables)
    if(NSINIT_LTO AND NSINIT_HAVE_LTO)
        list(APPEND NSINIT_SMALL -flto=auto)
    endif()
    # x86's default aligns each table of more than 31 bytes to 32, for vector instructions. The others
    # make the code 2% smaller: the program is optimized as one part, functions end in one place even
    # where a call comes last, and structs and parameters stay as they are written.
    foreach(flag -malign-data=abi -fipa-pta -flto-partition=one -fno-optimize-sibling-calls
            -fno-tree-sra -fno-ipa-sra)
        string(MAKE_C_IDENTIFIER NSINIT_HAVE${flag} have)
        check_c_compiler_flag(${flag} ${have})
        if(${have})
            list(APPEND NSINIT_SMALL ${flag})
        endif()
    endforeach()
    # musl has the stack protector's value in a variable too, which x86 reads by shorter code.
    set(CMAKE_REQUIRED_FLAGS "-static -fstack-protector-all -mstack-protector-guard=global")
    check_c_source_compiles("int main(void) { return 0; }" NSINIT_HAVE_GLOBAL_GUARD)
    unset(CMAKE_REQUIRED_FLAGS)
    if(NSINIT_HAVE_GLOBAL_GUARD)
        list(APPEND NSINIT_SMALL -mstack-protector-guard=global)
    endif()
    target_compile_options(nsinit_flags INTERFACE ${NSINIT_SMALL})
    # Where a page may have 64 KiB, separate segments would fill up 200 kB of the file.
    set(segments -Wl,-z,relro,-z,now,-z,separate-code)
    if(NOT NSINIT_HARDENED OR CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|mips|ppc64)")
        set(segments -Wl,-z,norelro,-z,noseparate-code)
    endif()
    target_link_options(nsinit_flags INTERFACE ${NSINIT_SMALL}
        -static -no-pie -s -Wl,--gc-sections -Wl,-z,noexecstack ${segments}
        -Wl,--build-id=none)
else()
    target_compile_options(nsinit_flags INTERFACE -fPIE)
    target_compile_definitions(nsinit_flags INTERFACE
        $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
    target_link_options(nsinit_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
