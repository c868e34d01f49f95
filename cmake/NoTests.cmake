# NoTests.cmake - the only test of a build without tests: it fails, as ctest would succeed otherwise
if(CMAKE_SCRIPT_MODE_FILE)
    message(FATAL_ERROR "This build has no tests (NSINIT_TESTS=OFF). Run contrib/test unit system, "
        "or build them: cmake --preset default -DNSINIT_TESTS=ON && cmake --build --preset default")
endif()
enable_testing()
add_test(NAME "the tests are not built: run contrib/test unit system"
    COMMAND ${CMAKE_COMMAND} -P ${CMAKE_CURRENT_LIST_FILE})
